import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { lineBytes } from '../journal/cut.ts';
import { wait } from '../process/wait.ts';
import { node } from '../testing/programs.ts';
import { begin, bodies, follow, followFor, lines, openExecutor, runOf } from '../testing/sessions.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { readIdentity } from './claim.ts';
import { sessionDirectory } from './session-directory.ts';
import { systemClock } from './system-clock.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const mebibyte = 1024 * 1024;

const running = async (command: readonly string[]) => {
  const stateDir = await temporaryDirectory();
  const executor = await openExecutor(stateDir);
  const run = runOf({ settings: { command } });
  await begin(executor, run);
  const recorder = readIdentity(sessionDirectory(stateDir, run.sessionId).recorder);
  return { executor, run, pid: recorder?.pid ?? 0 };
};

const residentBytes = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) * 1024;

test.runIf(process.platform === 'linux').each([
  ['short lines', ['yes']],
  ['nothing but line ends', ['yes', '']],
  ['one line without an end', ['cat', '/dev/zero']],
])('the recorder of an agent that floods with %s does not grow', async (_, command) => {
  const { executor, run, pid } = await running(command);
  const before = residentBytes(pid);
  let most = before;
  const leaving = new AbortController();
  const look = async () => {
    while (!leaving.signal.aborted) {
      most = Math.max(most, residentBytes(pid));
      await wait(systemClock, 10, leaving.signal);
    }
  };
  const looking = look();
  let offset = 0;
  for await (const batch of executor.journal(run.sessionId, 0, leaving.signal)) {
    offset = batch.offset;
    if (offset > 24 * mebibyte) leaving.abort();
  }
  await looking;
  expect(offset).toBeGreaterThan(24 * mebibyte);
  expect((most - before) / mebibyte).toBeLessThan(16);
});

const bounded = (recorded: Parameters<typeof bodies>[0]) => {
  for (const body of bodies(recorded)) {
    if (body.type !== 'log') continue;
    expect(Buffer.byteLength(body.message)).toBeLessThanOrEqual(lineBytes);
  }
};

test.each([
  ['bytes that are no text', `Buffer.alloc(200_000, 0x80)`, '\ufffd'.repeat(200_000)],
  ['zeros', `Buffer.alloc(200_000)`, '\0'.repeat(200_000)],
  ['carriage returns only', `Buffer.from('10 %\\r'.repeat(40_000))`, '10 %\r'.repeat(40_000)],
  ['long characters', `Buffer.from('😀'.repeat(50_000))`, '😀'.repeat(50_000)],
])('%s are split and bounded, and what is around them stays what it is', async (_, bytes, expected) => {
  const { executor, run } = await running(
    node(
      `process.stdout.write(Buffer.concat([Buffer.from('before ä\\n'), ${bytes}, Buffer.from('.\\nbehind ö\\n')]))`,
    ),
  );
  const recorded = await follow(executor, run.sessionId);
  bounded(recorded);
  expect(lines(recorded)).toEqual(['before ä', `${expected}.`, 'behind ö']);
});

test('a character that arrives in two pieces is one', async () => {
  const { executor, run } = await running(
    node(`
      const bytes = Buffer.from('äöü😀€\\n');
      let index = 0;
      const next = () => {
        if (index === bytes.length) return;
        process.stdout.write(bytes.subarray(index, ++index), () => setTimeout(next, 5));
      };
      next();`),
  );
  expect(lines(await follow(executor, run.sessionId))).toEqual(['äöü😀€']);
});

test('an agent whose recorder does not follow waits', async () => {
  // It counts what it got rid of, where nobody has to read it.
  const { executor, run, pid } = await running(
    node(`
      const { writeSync, writeFileSync, openSync } = require('node:fs');
      const count = openSync('count', 'w');
      const block = Buffer.alloc(4096, 'x');
      block[4095] = 0x0a;
      for (let n = 1; ; n++) {
        for (let done = 0; done < block.length; ) {
          try { done += writeSync(1, block, done); } catch (error) { if (error.code !== 'EAGAIN') throw error; }
        }
        writeSync(count, String(n).padStart(12), 0);
      }`),
  );
  const { path: workspace } = await executor.provision(run);
  const count = () => Number(readFileSync(`${workspace}/count`, 'utf8'));
  await follow(executor, run.sessionId, 0, (events) => events.length > 1000);
  process.kill(pid, 'SIGSTOP');
  try {
    // What is in the pipe already may still be filled up.
    await wait(systemClock, 300);
    const before = count();
    await wait(systemClock, 300);
    expect(before).toBeGreaterThan(0);
    expect(count()).toBe(before);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  const goesOn = count();
  await followFor(executor, run.sessionId, 0, 200);
  while (count() === goesOn) await wait(systemClock, 10);
});
