import type { Prompt } from '@agent-harbor/api-contract/schemas';
import type { StreamItem } from '@agent-harbor/core';
import { holds, rejectsWith, same } from '../expect.ts';
import { type Bench, check, eventsOf, unknownIds } from './bench.ts';

/** What users said, in the order of the log. */
const inputsOf = (items: readonly StreamItem[]): readonly string[] =>
  eventsOf(items).flatMap((event) => (event.type === 'user_input' ? [event.content] : []));

const isInput =
  (content: string) =>
  ({ event }: StreamItem) =>
    event.type === 'user_input' && 'content' in event && event.content === content;

const isIdle = ({ event }: StreamItem): boolean =>
  event.type === 'status' && 'reason' in event && event.reason === 'idle';

/** A running session whose agent waits. */
const running = async (bench: Bench): Promise<string> => {
  const id = await bench.start('waits');
  await bench.reach(id, 'running');
  return id;
};

/** A session whose agent is done and waits for the next prompt, and what it said until then. */
const idle = async (bench: Bench): Promise<{ id: string; items: StreamItem[] }> => {
  const members = { agents: [bench.agent('edits')], interactive: true, idleTimeoutSeconds: 86_400 };
  const { id } = await bench.launch(members);
  return { id, items: await bench.readUntil(id, isIdle) };
};

const stopped = async (bench: Bench, id: string): Promise<StreamItem[]> => {
  await bench.settle(bench.manager.stopSession(id));
  return bench.read(id);
};

export const prompting = [
  check(
    'an agent that is done waits for the next prompt',
    'it runs and is idle, hears the prompt, and is idle again',
    async (bench) => {
      const { manager } = bench;
      const { id, items } = await idle(bench);
      const session = await manager.getSession(id);
      same([session.status, session.statusReason], ['running', 'idle'], 'status and reason');
      const accepted = await bench.settle(manager.promptSession(id, 'And now the tests'));
      same([accepted.sessionId, accepted.accepted], [id, true], 'the answer');
      holds(!Number.isNaN(Date.parse(accepted.ts)), `ts is ${accepted.ts}`);
      const after = items.at(-1)?.id;
      const more = await bench.readUntil(id, isIdle, { after });
      same(inputsOf(more), ['And now the tests'], 'what the user said');
      const reasons = eventsOf(more).flatMap((event) => (event.type === 'status' ? [event.reason] : []));
      same(reasons, [undefined, 'idle'], 'why it ran');
      await stopped(bench, id);
    },
  ),

  check('an agent nobody talks to is let go', 'after the idle timeout it is completed', async (bench) => {
    const { id } = await bench.launch({ agents: [bench.agent('edits')], idleTimeoutSeconds: 1 });
    const items = await bench.read(id);
    holds(items.some(isIdle), 'it was never idle');
    const session = await bench.manager.getSession(id);
    same([session.status, session.statusReason], ['completed', undefined], 'status and reason');
    same(session.delivered?.state, 'delivered', 'delivery');
  }),

  check('prompts are taken while the agent works', 'each once, in the order taken', async (bench) => {
    const id = await running(bench);
    const blocks: Prompt = [
      { type: 'text', text: 'two,' },
      { type: 'resource_link', uri: 'file:///notes.md', name: 'notes.md' },
    ];
    for (const prompt of ['one', blocks, 'three'])
      await bench.settle(bench.manager.promptSession(id, prompt));
    await bench.readUntil(id, isInput('three'));
    const [one, two = '', three, ...others] = inputsOf(await stopped(bench, id));
    same([one, three, others], ['one', 'three', []], 'what the user said');
    holds(two.includes('two,') && two.includes('notes.md'), `the blocks became ${two}`);
  }),

  check('a key makes a prompt once', 'the same key gives the same answer', async (bench) => {
    const id = await running(bench);
    const options = { idempotencyKey: `prompt-${id}` };
    const prompt = () => bench.settle(bench.manager.promptSession(id, 'once', options));
    const first = await prompt();
    same(await prompt(), first, 'the second answer');
    await rejectsWith(
      'idempotency-key-reused',
      bench.settle(bench.manager.promptSession(id, 'twice', options)),
      'the same key with other words',
    );
    await bench.readUntil(id, isInput('once'));
    same(inputsOf(await stopped(bench, id)), ['once'], 'what the user said');
    same(await prompt(), first, 'the answer after the end');
  }),

  check('only a running session takes prompts', 'the problem says what the session is', async (bench) => {
    const { manager } = bench;
    const refused = async (id: string, code: 'wrong-state' | 'session-ended', state: string) => {
      const problem = await rejectsWith(code, bench.settle(manager.promptSession(id, 'x')), state);
      holds(problem.detail.includes(state), `the state ${state} is missing in: ${problem.detail}`);
    };
    const limit = (await bench.catalogue.executors())[0]?.maxConcurrentTasks ?? 1;
    const { session_ids } = await bench.launch({ agents: [{ ...bench.agent('waits'), count: limit + 1 }] });
    const [id = ''] = session_ids;
    await refused(session_ids.at(-1) ?? '', 'wrong-state', 'queued');
    await bench.reach(id, 'running');
    if ((await bench.catalogue.executors()).every(({ pause }) => pause !== 'none')) {
      await bench.settle(manager.pauseSession(id));
      await bench.reach(id, 'paused');
      await refused(id, 'wrong-state', 'paused');
    }
    await stopped(bench, id);
    await refused(id, 'session-ended', 'stopped');
  }),

  check('a session goes on with a prompt', 'which is told once', async (bench) => {
    const { manager } = bench;
    const id = await running(bench);
    if ((await bench.catalogue.executors()).some(({ pause }) => pause === 'none')) return;
    await bench.settle(manager.pauseSession(id));
    await bench.reach(id, 'paused');
    await bench.settle(manager.resumeSession(id, { prompt: 'Go on like this' }));
    await bench.readUntil(id, isInput('Go on like this'));
    await bench.reach(id, 'resuming');
    same(inputsOf(await stopped(bench, id)), ['Go on like this'], 'what the user said');
  }),

  check(
    'a prompt has at most 16 KiB',
    'counted in bytes; nothing and too much are refused',
    async (bench) => {
      const { manager } = bench;
      const id = await running(bench);
      await bench.settle(manager.promptSession(id, 'x'.repeat(16 * 1024)));
      for (const prompt of ['x'.repeat(16 * 1024 + 1), 'ü'.repeat(8 * 1024 + 1)]) {
        const call = bench.settle(manager.promptSession(id, prompt));
        await rejectsWith('payload-too-large', call, `${prompt.length} times ${prompt[0]}`);
      }
      await rejectsWith('invalid-request', bench.settle(manager.promptSession(id, '')), 'no words');
      await rejectsWith('invalid-request', bench.settle(manager.promptSession(id, [])), 'no blocks');
      await stopped(bench, id);
    },
  ),

  check('nobody unknown is told anything', 'whatever is no session is session-not-found', async (bench) => {
    for (const id of unknownIds) {
      const call = bench.settle(bench.manager.promptSession(id, 'x'));
      await rejectsWith('session-not-found', call, JSON.stringify(id));
    }
  }),
];
