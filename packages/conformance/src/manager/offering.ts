import type { StreamItem } from '@agent-harbor/core';
import { holds, rejectsWith, same } from '../expect.ts';
import { type Bench, check, eventsOf } from './bench.ts';

const isIdle = ({ event }: StreamItem): boolean =>
  event.type === 'status' && 'reason' in event && event.reason === 'idle';

/** A session whose agent was asked for a model, has done its work and waits, and what it said until then. */
const idle = async (bench: Bench, model?: string): Promise<{ id: string; items: StreamItem[] }> => {
  const agents = [{ ...bench.agent('offers'), ...(model === undefined ? {} : { model }) }];
  const { id } = await bench.launch({ agents, interactive: true, idleTimeoutSeconds: 86_400 });
  return { id, items: await bench.readUntil(id, isIdle) };
};

/** The models an agent said it uses, one after the other, and those its usage names. */
const told = (items: readonly StreamItem[]) => ({
  active: eventsOf(items).flatMap((event) => (event.type === 'models' ? [event.active] : [])),
  spent: eventsOf(items).flatMap((event) => (event.type === 'usage' ? [event.model] : [])),
});

/** The models of a session, the one in use first. */
const modelsOf = async ({ conversations, settle }: Bench, id: string): Promise<readonly string[]> =>
  (await settle(conversations.models(id))).models.map((model) => model.id);

export const offering = [
  check(
    'an agent uses the model it is asked for',
    'the session tells what there is, which one is in use, and what that one used',
    async (bench) => {
      const { id, items } = await idle(bench, 'large');
      same((await bench.manager.getSession(id)).agent.model, 'large', 'the model of the agent');
      same(told(items), { active: ['large'], spent: ['large'] }, 'what the events tell');
      same(await modelsOf(bench, id), ['large', 'small'], 'the models');
      const context = await bench.settle(bench.conversations.context(id));
      same(context.active_model?.type, 'large', 'the model of the context');
      const first = await idle(bench);
      same(
        told(first.items),
        { active: ['small'], spent: ['small'] },
        'what they tell where none is asked for',
      );
    },
  ),

  check(
    'a message may bring another model',
    'one that is offered, which holds from there on; any other is refused by its name',
    async (bench) => {
      const { id, items } = await idle(bench);
      const say = (content: string, model?: string) =>
        bench.settle(
          bench.conversations.sendMessage(id, {
            content,
            ...(model === undefined ? {} : { model_override: model }),
          }),
        );
      await rejectsWith('unsupported-choice', say('with another', 'huge'), 'a model it does not offer');
      await say('with another', 'large');
      const after = items.at(-1)?.id;
      const more = await bench.readUntil(id, isIdle, { after });
      same(told(more).active, ['large'], 'what the events tell');
      same(await modelsOf(bench, id), ['large', 'small'], 'the models then');
      await say('and once more');
      const last = await bench.readUntil(id, isIdle, { after: more.at(-1)?.id });
      same([told(last).active, await modelsOf(bench, id)], [[], ['large', 'small']], 'what holds on');
    },
  ),

  check(
    'a model the agent does not offer ends the session',
    'by the field that asked for it',
    async (bench) => {
      const { id } = await bench.launch({ agents: [{ ...bench.agent('offers'), model: 'huge' }] });
      await bench.read(id);
      const { status, statusReason } = await bench.manager.getSession(id);
      same(status, 'failed', 'the status');
      holds(statusReason?.startsWith('agent.model: ') === true, `the reason is ${statusReason}`);
    },
  ),
];
