import { existsSync } from 'node:fs';
import { appendFile, stat } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { encodeRecord } from '../journal/record.ts';
import { node } from '../testing/programs.ts';
import { begin, follow, openExecutor, runOf } from '../testing/sessions.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { sessionDirectory } from './session-directory.ts';

vi.setConfig({ testTimeout: 60_000 });

const open = async (code: string) => {
  const stateDir = await temporaryDirectory();
  const executor = await openExecutor(stateDir);
  const run = runOf({ settings: { command: node(code) } });
  await begin(executor, run);
  return { executor, run, directory: sessionDirectory(stateDir, run.sessionId) };
};

const firstBatch = async (executor: Awaited<ReturnType<typeof openExecutor>>, id: string, after: number) => {
  for await (const batch of executor.journal(id, after)) return batch;
  return undefined;
};

test('a journal that is wholly taken can be dropped, and still says how the session ended', async () => {
  const { executor, run, directory } = await open(`console.log('x'); process.exit(3)`);
  const { sessionId } = run;
  const { offset } = await follow(executor, sessionId);
  expect(await executor.forget(sessionId, offset - 1)).toBe('kept');
  expect(existsSync(directory.journal)).toBe(true);
  await vi.waitFor(async () => expect(await executor.forget(sessionId, offset)).toBe('dropped'));
  expect(existsSync(directory.journal)).toBe(false);
  expect(await executor.forget(sessionId, offset)).toBe('gone');
  const exit = expect.objectContaining({ kind: 'exited', code: 3 });
  expect(await firstBatch(executor, sessionId, offset)).toEqual({ events: [], offset, exit });
  // Who has not read all of it is told, and no agent is started anew.
  expect(await firstBatch(executor, sessionId, 0)).toMatchObject({ events: [], exit: { kind: 'lost' } });
  expect(existsSync(directory.recorder)).toBe(true);
});

test('a journal that is being written is kept', async () => {
  const { executor, run, directory } = await open(`console.log('x'); setTimeout(() => {}, 600000)`);
  await vi.waitFor(async () => expect((await stat(directory.journal)).size).toBeGreaterThan(0));
  expect(await executor.forget(run.sessionId, Number.MAX_SAFE_INTEGER)).toBe('kept');
});

test('a journal that nobody read to its end is kept, also when its end is torn', async () => {
  const { executor, run, directory } = await open(`process.exit(0)`);
  const { offset } = await follow(executor, run.sessionId);
  await vi.waitFor(async () => expect(await executor.forget(run.sessionId, 10)).toBe('kept'));
  await appendFile(directory.journal, encodeRecord({ kind: 'command', id: 'late' }).subarray(0, 5));
  // It holds the exit, and nothing whole behind it.
  await vi.waitFor(async () => expect(await executor.forget(run.sessionId, offset)).toBe('dropped'));
});

test('a session that never was has no journal', async () => {
  const executor = await openExecutor(await temporaryDirectory());
  expect(await executor.forget('never', 0)).toBe('gone');
});
