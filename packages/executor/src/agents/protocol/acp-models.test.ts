import type { NewEvent } from '@agent-harbor/core';
import { expect, test, vi } from 'vitest';
import { bodies, follow, messages, startAcp } from '../../testing/sessions.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const models = [
  { id: 'small', name: 'SMALL' },
  { id: 'large', name: 'LARGE' },
];

test.each(['options', 'lists'] as const)(
  'a model the agent offers by %s is really set, and told',
  async (offers) => {
    const { executor, run } = await startAcp({ prompt: 'spend', model: 'large', offers });
    const recorded = await follow(executor, run.sessionId);
    expect(messages(recorded)).toEqual(['large ask']);
    const told = bodies(recorded).filter(({ type }) => type === 'models' || type === 'usage');
    expect(told).toEqual([
      { type: 'models', models, active: 'large', capabilities: [] },
      {
        type: 'usage',
        input_tokens: 0,
        output_tokens: 0,
        model: 'large',
        context_tokens: 10,
        context_window: 1000,
      },
      { type: 'usage', input_tokens: 8, output_tokens: 4, model: 'large' },
    ]);
  },
);

test.each([
  ['options', 'huge', /agent\.model: it does not offer "huge"; it has small, large/],
  ['none', 'large', /agent\.model: it does not offer "large"; it has none to choose from/],
] as const)(
  'a model an agent with %s does not offer ends the session, by its field',
  async (offers, model, reason) => {
    const { executor, run } = await startAcp({ prompt: 'spend', model, offers });
    const recorded = await follow(executor, run.sessionId);
    expect(recorded.exit).toEqual({ kind: 'lost', reason: expect.stringMatching(reason) });
    expect(messages(recorded)).toEqual([]);
  },
);

test('a prompt brings another model, which holds from there on; what came to the cost is told once', async () => {
  const { executor, run } = await startAcp({ prompt: 'spend', offers: 'options', idleTimeoutMs: 60_000 });
  // It may have been idle between the prompts, too: they come one after the other.
  const isIdleAfter = (times: number) => (events: readonly NewEvent[]) => {
    const said = events.filter(({ body }) => body.type === 'message');
    const behind = events.slice(events.findLastIndex(({ body }) => body.type === 'message'));
    return (
      said.length === times && behind.some(({ body }) => body.type === 'status' && body.reason === 'idle')
    );
  };
  await follow(executor, run.sessionId, 0, isIdleAfter(1));
  for (const [id, model] of [
    ['1', 'large'],
    ['2', 'huge'],
    ['3', undefined],
  ] as const)
    await executor.prompt(run.sessionId, { id, prompt: 'spend', author: 'me', model });
  const recorded = await follow(executor, run.sessionId, 0, isIdleAfter(4));
  expect(messages(recorded)).toEqual(['small ask', 'large ask', 'large ask', 'large ask']);
  const told = bodies(recorded);
  expect(told.flatMap((body) => (body.type === 'models' ? [body.active] : []))).toEqual(['small', 'large']);
  expect(told.flatMap((body) => (body.type === 'usage' ? (body.cost_micro_usd ?? []) : []))).toEqual([
    250_000, 250_000, 250_000,
  ]);
  expect(told).toContainEqual(
    expect.objectContaining({ level: 'warn', message: expect.stringContaining('keeps its model') }),
  );
});
