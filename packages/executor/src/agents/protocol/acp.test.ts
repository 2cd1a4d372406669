import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Prompt } from '@agent-harbor/api-contract/schemas';
import { expect, test, vi } from 'vitest';
import { identityOf } from '../../process/identity.ts';
import {
  begin,
  bodies,
  follow,
  messages,
  openExecutor,
  type Recorded,
  runOf,
} from '../../testing/sessions.ts';
import { temporaryDirectory } from '../../testing/temporary.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const agentProgram = [process.execPath, join(import.meta.dirname, '../../testing/acp-agent.ts')];

const play = async (prompt: Prompt, command: readonly string[] = agentProgram) => {
  const stateDir = await temporaryDirectory();
  const executor = await openExecutor(stateDir);
  const run = runOf({ type: 'acp', settings: { command }, prompt, approvals: { default: 'allow' } });
  const workspace = await begin(executor, run);
  return { executor, run, workspace };
};

const played = async (prompt: Prompt, command?: readonly string[]): Promise<Recorded> => {
  const { executor, run } = await play(prompt, command);
  return follow(executor, run.sessionId);
};

test('a whole turn is told in our events', async () => {
  const recorded = await played('everything');
  expect(recorded.exit).toEqual({ kind: 'turn-ended', stopReason: 'end_turn' });
  const told = bodies(recorded).filter(({ type }) => type !== 'log');
  expect(told.filter(({ type }) => !['file_edit', 'diff', 'approval'].includes(type))).toEqual([
    { type: 'thought', thought: 'Let me think.' },
    { type: 'message', role: 'assistant', content: 'Hello there.' },
    { type: 'plan', entries: [{ content: 'Edit', priority: 'high', status: 'in_progress' }] },
    {
      type: 'tool_use',
      tool_name: 'Edit a file',
      tool_args: { path: 'edited.txt' },
      tool_execution_id: 'call-1',
      status: 'started',
    },
    {
      type: 'tool_result',
      tool_name: 'Edit a file',
      tool_output: 'permission: {"outcome":"selected","optionId":"once"}',
      tool_execution_id: 'call-1',
      status: 'completed',
      duration_ms: expect.any(Number),
      output_bytes: 52,
    },
    { type: 'usage', input_tokens: 0, output_tokens: 0, context_tokens: 10, context_window: 100 },
  ]);
  // The change is seen by watching, and the tool's own report says whose it is.
  expect(told).toContainEqual(
    expect.objectContaining({ type: 'file_edit', file_path: 'edited.txt', tool_execution_id: 'call-1' }),
  );
  expect(told).toContainEqual(
    expect.objectContaining({ type: 'diff', path: 'edited.txt', tool_execution_id: 'call-1' }),
  );
  const logs = bodies(recorded).flatMap((body) =>
    body.type === 'log' ? [`${body.level} ${body.message}`] : [],
  );
  expect(logs).toEqual(
    expect.arrayContaining([
      'info a note on stderr',
      'debug The agent printed: A banner that is no message.',
      'debug The agent printed: {"jsonrpc":"2.0","method":"_vendor/note","params":{"secret":43}}',
      'debug Update of the agent: {"sessionUpdate":"from_the_future","secret":42}',
      'debug Update of the agent: {"sessionUpdate":"current_mode_update","currentModeId":"plan"}',
    ]),
  );
});

test('an agent may use our files, in its workspace only', async () => {
  const { executor, run, workspace } = await play('files');
  const recorded = await follow(executor, run.sessionId);
  expect(JSON.parse(messages(recorded)[0] ?? '')).toEqual({
    part: 'two\n',
    results: ['rejected', 'rejected', 'rejected', 'rejected'],
  });
  expect(existsSync(join(workspace.path, 'deep/er/file.txt'))).toBe(true);
  expect(existsSync(join(workspace.path, '../escaped.txt'))).toBe(false);
  expect(existsSync('/tmp/escaped-by-test.txt')).toBe(false);
});

test('stop cancels the turn', async () => {
  const { executor, run } = await play('hang');
  const before = await follow(executor, run.sessionId, 0, (events) =>
    events.some(({ body }) => body.type === 'tool_use'),
  );
  await executor.stop(run.sessionId, 60_000);
  const rest = await follow(executor, run.sessionId, before.offset);
  expect(rest.exit).toEqual({ kind: 'ended-by-us' });
  const pid = Number(/\d+/.exec(messages(before)[0] ?? '')?.[0]);
  expect(pid).toBeGreaterThan(1);
  expect(identityOf(pid)).toBeUndefined();
});

test('stop insists where the turn goes on', async () => {
  const { executor, run } = await play('deaf');
  const before = await follow(executor, run.sessionId, 0, (events) =>
    events.some(({ body }) => body.type === 'tool_use'),
  );
  await executor.stop(run.sessionId, 200);
  expect((await follow(executor, run.sessionId, before.offset)).exit).toEqual({ kind: 'ended-by-us' });
  expect(identityOf(Number(/\d+/.exec(messages(before)[0] ?? '')?.[0]))).toBeUndefined();
});

test('how a turn ended is told', async () => {
  expect((await played('refuse')).exit).toEqual({ kind: 'turn-ended', stopReason: 'refusal' });
});

test('an agent that dies in its turn is told by its code', async () => {
  expect((await played('exit 5')).exit).toMatchObject({ kind: 'exited', code: 5 });
});

test('an agent that leaves in its turn did not complete it', async () => {
  expect((await played('exit 0')).exit).toEqual({
    kind: 'lost',
    reason: expect.stringContaining('exited before its turn was over'),
  });
});

test('an agent may go as soon as it answered', async () => {
  const recorded = await played('answer and exit');
  expect(recorded.exit).toEqual({ kind: 'turn-ended', stopReason: 'end_turn' });
  expect(messages(recorded)).toEqual(['done']);
});

test('an agent that stays after its turn is ended', async () => {
  expect((await played('stays after its turn')).exit).toEqual({ kind: 'turn-ended', stopReason: 'end_turn' });
});

test('many messages keep their order', async () => {
  const recorded = await played('flood');
  expect(messages(recorded)).toEqual(Array.from({ length: 3000 }, (_, n) => `${n};`));
});

test('long output keeps head and tail', async () => {
  const result = bodies(await played('large output')).find(({ type }) => type === 'tool_result');
  expect(result).toMatchObject({ status: 'failed', truncated: true });
  if (result?.type === 'tool_result') expect(Buffer.byteLength(result.tool_output)).toBeLessThan(66_000);
});

test('refusals of the agent say what to do', async () => {
  expect((await played('sign in')).exit).toEqual({
    kind: 'lost',
    reason: expect.stringContaining('signed in'),
  });
  expect((await played([{ type: 'image', data: 'AAAA', mimeType: 'image/png' }])).exit).toEqual({
    kind: 'lost',
    reason: expect.stringContaining('image content; send text instead'),
  });
});

test('an agent that sends a message without end is not listened to', async () => {
  const endless = `
    const block = Buffer.alloc(1024 * 1024, 0x78);
    const more = () => { while (process.stdout.write(block)); process.stdout.once('drain', more); };
    process.stdout.on('error', () => setInterval(() => {}, 1000));
    more();`;
  expect((await played('x', [process.execPath, '-e', endless])).exit).toEqual({
    kind: 'lost',
    reason: expect.stringContaining('it sent a message above 33554432 bytes'),
  });
});

test('an agent that closes its output and stays is ended', async () => {
  const mute = `require('node:fs').closeSync(1); setInterval(() => {}, 1000);`;
  expect((await played('x', [process.execPath, '-e', mute])).exit).toEqual({
    kind: 'lost',
    reason: expect.stringContaining('it closed its output'),
  });
});

test('a program that does not speak the protocol is told so', async () => {
  const silent = [process.execPath, '-e', "console.log('I am no agent.')"];
  expect((await played('x', silent)).exit).toEqual({
    kind: 'lost',
    reason: expect.stringContaining('exited before its turn was over'),
  });
  expect((await played('x', ['no-such-agent'])).exit).toEqual({
    kind: 'lost',
    reason: expect.stringContaining('"no-such-agent" was not found'),
  });
});
