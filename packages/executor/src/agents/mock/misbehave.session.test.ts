import { createSeededIds, type NewEvent, type Run } from '@agent-harbor/core';
import { createScriptedExecutor, Lie } from '@agent-harbor/scenario';
import { expect, it, vi } from 'vitest';
import { systemClock } from '../../recorder/system-clock.ts';
import { begin, bodies, follow, openExecutor, type RunWish, runOf } from '../../testing/sessions.ts';
import { temporaryDirectory } from '../../testing/temporary.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 90_000 });

const say = (text: string) => ({ llmResponse: [{ assistant: [[0, text]] }] });
const wish = (timeline: readonly object[], more: object = {}): RunWish => ({
  type: 'mock',
  settings: { speed: 0, scenario: { name: 'test', timeline, ...more } },
});

/** The same session over processes and in memory. */
const both = async (run: Run) => {
  const real = await openExecutor(await temporaryDirectory());
  await begin(real, run);
  const scripted = createScriptedExecutor({ clock: systemClock, ids: createSeededIds('parity') });
  await scripted.start(run, await scripted.provision(run));
  const played = {
    real: await follow(real, run.sessionId),
    scripted: await follow(scripted, run.sessionId),
  };
  const changes = {
    real: await real.files.changes(run.sessionId),
    scripted: await scripted.files.changes(run.sessionId),
  };
  return { ...played, changes };
};

/** What the session shows, but for ids, measures, and lines that every host words by itself. */
const shown = (events: readonly NewEvent[]): unknown[] =>
  events.flatMap(({ body }): unknown[] => {
    // In memory there is no agent whose session another process could take up.
    if (body.type === 'log' || body.type === 'agent_session') return [];
    const {
      tool_execution_id: _id,
      duration_ms: _ms,
      output_bytes: _bytes,
      tool_output: _text,
      ...told
    } = {
      tool_execution_id: undefined,
      duration_ms: undefined,
      output_bytes: undefined,
      tool_output: undefined,
      ...body,
    };
    return [told];
  });

it('shows what is so of an agent that lies, on every host', async () => {
  // The others are the end of the conversation.
  const lies = Lie.options.filter((lie) => lie !== 'torn-message' && lie !== 'endless-line');
  const run = runOf(wish([...lies.map((lie) => ({ 'x-lie': lie })), say('on')]));
  const { real, scripted, changes } = await both(run);
  expect(real.exit).toEqual({ kind: 'turn-ended', stopReason: 'end_turn' });
  expect(scripted.exit).toEqual(real.exit);
  expect(shown(real.events)).toEqual(shown(scripted.events));
  expect(shown(real.events)).toMatchObject([
    { type: 'tool_use', tool_name: 'editFile' },
    { type: 'tool_result', tool_name: 'editFile', status: 'completed' },
    { type: 'tool_use', tool_name: 'verify' },
    { type: 'tool_result', tool_name: 'verify', status: 'completed' },
    { type: 'tool_use', tool_name: 'unseen' },
    { type: 'tool_result', tool_name: 'unseen', status: 'completed' },
    { type: 'usage', cost_micro_usd: 500_000, context_tokens: 900 },
    { type: 'usage', context_tokens: 100 },
    { type: 'message', content: 'unknown-request: refused' },
    { type: 'message', content: 'outside-file: refused' },
    { type: 'message', content: 'foreign-terminal: refused' },
    { type: 'message', content: 'on' },
  ]);
  // The file it says it wrote is not there, whoever asks.
  expect([changes.real, changes.scripted]).toEqual([[], []]);
  const log = bodies(real).flatMap((body) => (body.type === 'log' ? [body.message] : []));
  for (const words of [
    /This line is no message/,
    /not this one: .*somebody else/,
    /made_up/,
    /nobody-asked/,
  ]) {
    expect(log).toContainEqual(expect.stringMatching(words));
  }
});

it.each([
  ['torn-message', { kind: 'exited', code: 1 }],
  ['endless-line', { kind: 'lost', reason: expect.stringMatching(/cannot be talked with/) }],
] as const)('ends with the reason where an agent breaks off by %s', async (lie, exit) => {
  const { real, scripted } = await both(runOf(wish([say('on'), { 'x-lie': lie }, say('never')])));
  for (const { exit: seen, events } of [real, scripted]) {
    expect(seen).toMatchObject(exit);
    expect(shown(events)).toEqual([{ type: 'message', role: 'assistant', content: 'on' }]);
  }
});

it('records a flood whole, and in order', async () => {
  const { real, scripted } = await both(
    runOf(wish([{ 'x-flood': { count: 2_000, bytes: 200 } }, { 'x-flood': { of: 'output', count: 200 } }])),
  );
  expect(shown(real.events)).toHaveLength(2_000);
  expect(shown(real.events)).toEqual(shown(scripted.events));
  const printed = (events: readonly NewEvent[]) =>
    events.flatMap(({ body }) =>
      body.type === 'log' && body.message.includes('flood ') ? [body.message] : [],
    );
  expect(printed(real.events)).toEqual(printed(scripted.events));
  expect(printed(real.events)).toHaveLength(200);
});

it('stops an agent that hangs', async () => {
  const run = runOf(wish([say('on'), { 'x-hang': 'until-killed' }]));
  const isOn = (events: readonly NewEvent[]) => events.some(({ body }) => body.type === 'message');
  const real = await openExecutor(await temporaryDirectory());
  await begin(real, run);
  const scripted = createScriptedExecutor({ clock: systemClock, ids: createSeededIds('parity') });
  await scripted.start(run, await scripted.provision(run));
  for (const executor of [real, scripted]) {
    const { offset } = await follow(executor, run.sessionId, 0, isOn);
    await executor.stop(run.sessionId, 300);
    expect((await follow(executor, run.sessionId, offset)).exit).toEqual({ kind: 'ended-by-us' });
  }
});

const models = [{ id: 'small', name: 'Small' }, { id: 'large' }];
const modes = [{ id: 'plan', readsOnly: true }, { id: 'build' }];
const input = {
  relativeTime: 0,
  input: 'Do it',
  expectedResponse: { usage: { inputTokens: 7, outputTokens: 5 } },
};
const writing = { agentToolUse: { toolName: 'writeFile', args: { path: 'a.txt', content: 'a' } } };

it.each([
  ['the first model and mode, where none is asked for', {}, {}, 'small', 'failed'],
  ['those that are asked for', { model: 'large' }, { permissionMode: 'build' }, 'large', 'completed'],
])('is set to %s, and says what it used', async (_, wished, settings, active, status) => {
  const more = { 'x-models': models, 'x-modes': modes };
  const { settings: own, ...rest } = wish([{ userInputs: [input] }, writing], more);
  const { real, scripted } = await both(runOf({ ...rest, ...wished, settings: { ...own, ...settings } }));
  for (const { events } of [real, scripted]) {
    expect(shown(events).filter((body) => JSON.stringify(body).match(/models|usage|tool_result/))).toEqual([
      {
        type: 'models',
        models: [
          { id: 'small', name: 'Small' },
          { id: 'large', name: 'large' },
        ],
        active,
        capabilities: ['image', 'audio', 'resource'],
      },
      { type: 'tool_result', tool_name: 'writeFile', status },
      { type: 'usage', input_tokens: 7, output_tokens: 5, model: active },
    ]);
  }
});

it.each([
  ['model', { model: 'huge' }, {}, /agent\.model: it does not offer "huge"; it has small, large/],
  [
    'mode',
    {},
    { permissionMode: 'yolo' },
    /agent\.settings\.permissionMode: it does not offer "yolo"; it has plan/,
  ],
])('ends by the field where it does not offer the %s', async (_, wished, settings, reason) => {
  const { settings: own, ...rest } = wish([say('on')], { 'x-models': models, 'x-modes': modes });
  const { real, scripted } = await both(runOf({ ...rest, ...wished, settings: { ...own, ...settings } }));
  expect(real.exit).toEqual({ kind: 'lost', reason: expect.stringMatching(reason) });
  expect(scripted.exit).toEqual(real.exit);
  expect([shown(real.events), shown(scripted.events)]).toEqual([[], []]);
});
