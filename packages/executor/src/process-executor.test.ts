import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { appendFile, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { identityOf, isRunning } from './process/identity.ts';
import { wait } from './process/wait.ts';
import type { ProcessExecutorOptions } from './process-executor.ts';
import { readIdentity } from './recorder/claim.ts';
import { sessionDirectory } from './recorder/session-directory.ts';
import { systemClock } from './recorder/system-clock.ts';
import { fromSource } from './testing/from-source.ts';
import { detached, node, stayAndSayPid } from './testing/programs.ts';
import {
  begin,
  bodies,
  endWithTest,
  follow,
  followFor,
  lines,
  openExecutor,
  runOf,
} from './testing/sessions.ts';
import { temporaryDirectory } from './testing/temporary.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const open = async () => {
  const stateDir = await temporaryDirectory();
  return { stateDir, executor: await openExecutor(stateDir) };
};

/** Its journal is read to the end before the recorder itself has ended: until then it says how much is on the disk. */
const recorderGone = (stateDir: string, sessionId: string) =>
  vi.waitFor(
    () => {
      const recorder = readIdentity(sessionDirectory(stateDir, sessionId).recorder);
      expect(recorder !== undefined && isRunning(recorder)).toBe(false);
    },
    { timeout: 30_000 },
  );

const commandRun = (code: string, ...args: string[]) => runOf({ settings: { command: node(code, ...args) } });

test('a program runs in its workspace, its output and its changes are recorded', async () => {
  const { executor } = await open();
  const run = commandRun(`
    console.log('out 1'); console.error('err ä');
    require('node:fs').writeFileSync('new.txt', 'one\\ntwo\\n');
    process.stdout.write('no line end')`);
  const workspace = await begin(executor, run);
  const recorded = await follow(executor, run.sessionId);

  expect(recorded.exit).toMatchObject({ kind: 'exited', code: 0 });
  expect(lines(recorded)).toEqual(['out 1', 'no line end']);
  expect(lines(recorded, 'stderr')).toEqual(['err ä']);
  expect(bodies(recorded)).toContainEqual(
    expect.objectContaining({ type: 'file_edit', file_path: 'new.txt', lines_added: 2 }),
  );
  expect(bodies(recorded)).toContainEqual(
    expect.objectContaining({ type: 'diff', path: 'new.txt', oldText: null, newText: 'one\ntwo\n' }),
  );
  expect(await readFile(join(workspace.path, 'new.txt'), 'utf8')).toBe('one\ntwo\n');
});

test('a failure keeps its code and its last output', async () => {
  const { executor } = await open();
  const run = commandRun(`
    console.log('x'.repeat(5000)); console.error('It broke.'); process.exitCode = 3`);
  await begin(executor, run);
  const { exit } = await follow(executor, run.sessionId);
  expect(exit).toMatchObject({ kind: 'exited', code: 3 });
  const output = exit?.kind === 'exited' ? (exit.lastOutput ?? '') : '';
  expect(output).toContain('It broke.');
  expect(Buffer.byteLength(output)).toBeLessThanOrEqual(4096);
});

test('a signal of somebody else is told as what it was', async () => {
  const { executor } = await open();
  const run = commandRun(`process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)`);
  await begin(executor, run);
  expect((await follow(executor, run.sessionId)).exit).toMatchObject({
    kind: 'signalled',
    signal: 'SIGTERM',
  });
});

test('the agent gets a clean environment', async () => {
  const stateDir = await temporaryDirectory();
  const executor = await openExecutor(stateDir, {
    environment: { PATH: process.env.PATH, SECRET_KEY: 'do-not-tell', LANG: 'C' },
  });
  const run = runOf({
    settings: { command: node('console.log(JSON.stringify(process.env))') },
    deliverTo: 'a branch',
  });
  await begin(executor, run);
  const [json = ''] = lines(await follow(executor, run.sessionId));
  const { home, temporary } = sessionDirectory(stateDir, run.sessionId);
  expect(JSON.parse(json)).toEqual({
    PATH: process.env.PATH,
    LANG: 'C',
    HOME: home,
    TMPDIR: temporary,
    TERM: 'dumb',
    AH_SESSION_ID: run.sessionId,
    AH_TASK_ID: 'task',
    AH_BRANCH: 'a branch',
  });
  const recorderLog = readFileSync(sessionDirectory(stateDir, run.sessionId).log, 'utf8');
  expect(recorderLog).toBe('');
});

test('prompts, arguments and branches arrive byte for byte', async () => {
  const { executor } = await open();
  const strange = `-- "double" 'single' \`tick\` $(touch /tmp/pwned) \${HOME} \\ ; | & > <\n\r\n\ttab --help ä😀 %s`;
  const run = runOf({
    settings: {
      command: node(
        'console.log(JSON.stringify([...process.argv.slice(1), process.env.AH_BRANCH]))',
        '--',
        '{prompt}',
        '-x{prompt}{prompt}',
        strange,
        '$&',
      ),
    },
    prompt: strange,
    deliverTo: '-b$(x)\'"',
  });
  await begin(executor, run);
  const [json = ''] = lines(await follow(executor, run.sessionId));
  expect(JSON.parse(json)).toEqual([strange, `-x${strange}${strange}`, strange, '$&', '-b$(x)\'"']);
});

test('a great deal of output arrives whole, in lines, with nothing doubled', async () => {
  const { executor } = await open();
  const run = commandRun(`
    const line = 'ü'.repeat(40);
    let n = 0;
    const more = () => { while (n < 60000) if (!process.stdout.write(String(n++) + line + '\\n')) return process.stdout.once('drain', more); };
    more();`);
  await begin(executor, run);
  const recorded = await follow(executor, run.sessionId);
  const found = lines(recorded);
  expect(found.length).toBe(60_000);
  expect(found.every((line, index) => line === index + 'ü'.repeat(40))).toBe(true);
});

test('one endless line comes in marked pieces', async () => {
  const { executor } = await open();
  const run = commandRun(`process.stdout.write('€'.repeat(100000) + '\\nend\\n')`);
  await begin(executor, run);
  const recorded = await follow(executor, run.sessionId);
  expect(lines(recorded)).toEqual(['€'.repeat(100_000), 'end']);
  for (const body of bodies(recorded)) {
    if (body.type === 'log') expect(Buffer.byteLength(body.message)).toBeLessThanOrEqual(16 * 1024);
  }
});

test('output beyond the limit is cut, and says so', async () => {
  const stateDir = await temporaryDirectory();
  const executor = await openExecutor(stateDir, { outputLimitBytes: 50_000 });
  const run = commandRun(`for (let n = 0; n < 5000; n++) console.log('line ' + n)`);
  await begin(executor, run);
  const recorded = await follow(executor, run.sessionId);
  expect(recorded.exit).toMatchObject({ kind: 'exited', code: 0 });
  expect(recorded.offset).toBeLessThan(60_000);
  const marks = bodies(recorded).filter((body) => body.type === 'log' && body.level === 'warn');
  expect(marks).toEqual([expect.objectContaining({ message: expect.stringContaining('50000 bytes') })]);
});

test('what an agent leaves running is ended with it', async () => {
  const { executor } = await open();
  const run = commandRun(`
    ${detached(`${stayAndSayPid} require('node:fs').writeFileSync('up', '')`)}
    setInterval(() => { if (require('node:fs').existsSync('up')) process.exit(0); }, 5);`);
  await begin(executor, run);
  const recorded = await follow(executor, run.sessionId);
  const [pid] = lines(recorded);
  expect(Number(pid)).toBeGreaterThan(1);
  expect(identityOf(Number(pid))).toBeUndefined();
  expect(recorded.exit).toMatchObject({ kind: 'exited', code: 0 });
});

test('stop asks, and the agent may still say something', async () => {
  const { executor } = await open();
  const run = commandRun(`
    process.on('SIGTERM', () => { console.log('bye'); process.exit(0); });
    console.log('ready'); setInterval(() => {}, 1000)`);
  await begin(executor, run);
  const before = await follow(executor, run.sessionId, 0, (events) => events.length > 0);
  await executor.stop(run.sessionId, 60_000);
  const rest = await follow(executor, run.sessionId, before.offset);
  expect(lines(rest)).toEqual(['bye']);
  expect(rest.exit).toEqual({ kind: 'ended-by-us' });
});

test('stop insists after the grace period', async () => {
  const { executor } = await open();
  const run = commandRun(stayAndSayPid);
  await begin(executor, run);
  const before = await follow(executor, run.sessionId, 0, (events) => events.length > 0);
  await executor.stop(run.sessionId, 50);
  const rest = await follow(executor, run.sessionId, before.offset);
  expect(rest.exit).toEqual({ kind: 'ended-by-us' });
  expect(identityOf(Number(lines(before)[0]))).toBeUndefined();
});

test('kill ends everything before it resolves, and can be repeated', async () => {
  const { executor } = await open();
  const run = commandRun(`${detached(stayAndSayPid)} ${stayAndSayPid}`);
  await begin(executor, run);
  const before = await follow(executor, run.sessionId, 0, (events) => events.length > 1);
  const pids = lines(before).map(Number);
  expect(pids.length).toBe(2);
  await Promise.all([executor.kill(run.sessionId), executor.kill(run.sessionId)]);
  expect(pids.map(identityOf)).toEqual([undefined, undefined]);
  expect((await follow(executor, run.sessionId, before.offset)).exit).toEqual({ kind: 'ended-by-us' });
  await executor.kill(run.sessionId);
});

test('start happens once, also after the executor was opened anew', async () => {
  const { executor, stateDir } = await open();
  const run = commandRun(`console.log(process.pid)`);
  const workspace = await executor.provision(run);
  await Promise.all([executor.start(run, workspace), executor.start(run, workspace)]);
  await executor.start(run, workspace);
  const first = await follow(executor, run.sessionId);
  const other = await openExecutor(stateDir);
  expect(other.id).toBe(executor.id);
  await other.start(run, workspace);
  expect(await follow(other, run.sessionId)).toEqual(first);
  expect(lines(first).length).toBe(1);
});

test('the recorder goes on without the executor; another one goes on from any offset', async () => {
  const { executor, stateDir } = await open();
  const run = commandRun(`
    let n = 0;
    const timer = setInterval(() => { console.log(n++); if (n === 60) clearInterval(timer); }, 10);`);
  await begin(executor, run);
  const first = await follow(executor, run.sessionId, 0, (events) => events.length >= 5);
  await executor.close();
  const other = await openExecutor(stateDir);
  const rest = await follow(other, run.sessionId, first.offset);
  expect([...lines(first), ...lines(rest)]).toEqual(Array.from({ length: 60 }, (_, n) => String(n)));
  expect(rest.exit).toMatchObject({ kind: 'exited', code: 0 });
  // The caller may have died before it acted on the exit.
  expect(await follow(other, run.sessionId, rest.offset)).toEqual({
    events: [],
    offset: rest.offset,
    exit: rest.exit,
  });
  expect((await follow(other, run.sessionId, rest.offset + 10)).exit).toEqual(rest.exit);
});

test('a session goes on when its server is killed, and is found again', async () => {
  const { executor, stateDir } = await open();
  const run = commandRun(`
    let n = 0;
    const timer = setInterval(() => { console.log(n++); if (n === 80) clearInterval(timer); }, 10);`);
  const [program, ...args] = fromSource('testing/server.ts');
  const server = spawn(program, [...args, stateDir, JSON.stringify(run)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endWithTest(executor, run.sessionId);
  const [first] = await once(createInterface(server.stdout), 'line');
  server.kill('SIGKILL');
  await once(server, 'exit');

  const { offset, line } = z.object({ offset: z.number(), line: z.string() }).parse(JSON.parse(first));
  const rest = await follow(executor, run.sessionId, offset);

  expect(line).toBe('0');
  expect(lines(rest).at(-1)).toBe('79');
  expect(Number(lines(rest)[0])).toBeGreaterThan(0);
  expect(lines(await follow(executor, run.sessionId))).toEqual(
    Array.from({ length: 80 }, (_, n) => String(n)),
  );
  expect(rest.exit).toMatchObject({ kind: 'exited', code: 0 });
});

test('two readers see the same', async () => {
  const { executor } = await open();
  const run = commandRun(`for (let n = 0; n < 2000; n++) console.log(n)`);
  await begin(executor, run);
  const [one, two] = await Promise.all([follow(executor, run.sessionId), follow(executor, run.sessionId)]);
  expect(one.events).toEqual(two.events);
  expect(one.exit).toEqual(two.exit);
});

test('a journal is followed until the signal fires', async () => {
  const { executor } = await open();
  const run = commandRun(stayAndSayPid);
  await begin(executor, run);
  const leaving = new AbortController();
  let batches = 0;
  for await (const batch of executor.journal(run.sessionId, 0, leaving.signal)) {
    batches += 1;
    expect(batch.exit).toBeUndefined();
    leaving.abort();
  }
  expect(batches).toBe(1);
});

test('a recorder that dies leaves no process and an honest end', async () => {
  const { executor, stateDir } = await open();
  const run = commandRun(`${detached(stayAndSayPid)} ${stayAndSayPid}`);
  await begin(executor, run);
  const before = await follow(executor, run.sessionId, 0, (events) => events.length > 1);
  const recorder = readIdentity(sessionDirectory(stateDir, run.sessionId).recorder);
  process.kill(recorder?.pid ?? 0, 'SIGKILL');

  const rest = await follow(executor, run.sessionId, before.offset);

  expect(rest.exit).toEqual({ kind: 'lost', reason: expect.stringContaining('Launch the task again') });
  expect(lines(before).map(Number).map(identityOf)).toEqual([undefined, undefined]);
  await executor.stop(run.sessionId, 10);
  expect((await follow(executor, run.sessionId, rest.offset)).exit).toEqual(rest.exit);
});

test('kill works without a recorder', async () => {
  const { executor, stateDir } = await open();
  const run = commandRun(`${detached(stayAndSayPid)} ${stayAndSayPid}`);
  await begin(executor, run);
  const before = await follow(executor, run.sessionId, 0, (events) => events.length > 1);
  const recorder = readIdentity(sessionDirectory(stateDir, run.sessionId).recorder);
  process.kill(recorder?.pid ?? 0, 'SIGKILL');
  await executor.kill(run.sessionId);
  expect(lines(before).map(Number).map(identityOf)).toEqual([undefined, undefined]);
  expect((await follow(executor, run.sessionId, before.offset)).exit).toEqual({ kind: 'ended-by-us' });
});

test('a kill that nobody wished for says why, with a recorder and without one', async () => {
  const { executor, stateDir } = await open();
  for (const hasRecorder of [true, false]) {
    const run = commandRun(stayAndSayPid);
    await begin(executor, run);
    await follow(executor, run.sessionId, 0, (events) => events.length > 0);
    const recorder = readIdentity(sessionDirectory(stateDir, run.sessionId).recorder);
    if (!hasRecorder) process.kill(recorder?.pid ?? 0, 'SIGKILL');
    await executor.kill(run.sessionId, 'A rule broke.');
    // Who comes later does not change it.
    await executor.kill(run.sessionId);
    const { exit } = await follow(executor, run.sessionId);
    expect(exit).toEqual({ kind: 'lost', reason: 'A rule broke.' });
  }
});

test('kill does not wait for a recorder that hangs', async () => {
  const { executor, stateDir } = await open();
  const run = commandRun(stayAndSayPid);
  await begin(executor, run);
  const before = await follow(executor, run.sessionId, 0, (events) => events.length > 0);
  const recorder = readIdentity(sessionDirectory(stateDir, run.sessionId).recorder);
  process.kill(recorder?.pid ?? 0, 'SIGSTOP');
  await executor.kill(run.sessionId);
  expect(identityOf(Number(lines(before)[0]))).toBeUndefined();
  expect(recorder && isRunning(recorder)).toBe(false);
  expect((await follow(executor, run.sessionId, before.offset)).exit).toEqual({ kind: 'ended-by-us' });
});

test('a full disk only delays', async ({ skip }) => {
  const disk = await temporaryDirectory();
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk], { encoding: 'utf8' });
  skip(mount.status !== 0, `a small disk cannot be mounted here: ${mount.error ?? mount.stderr}`);
  onTestFinished(() => {
    spawnSync('umount', ['--lazy', disk]);
  });
  const executor = await openExecutor(join(disk, 'state'));
  const run = commandRun(`
    let n = 0;
    setInterval(() => { for (let end = n + 20; n < end; n++) console.log('line ' + n); }, 10);`);
  await begin(executor, run);
  await follow(executor, run.sessionId, 0, (events) => events.length > 0);
  const filler = join(disk, 'filler');
  expect(() => {
    for (;;) appendFileSync(filler, Buffer.alloc(64 * 1024));
  }).toThrow('ENOSPC');
  // Long enough for the recorder to meet it, and to complain about it into a log on the same disk.
  await wait(systemClock, 2_500);
  const before = await followFor(executor, run.sessionId, 0, 300);
  rmSync(filler);
  const rest = await follow(executor, run.sessionId, before.offset, (events) => events.length > 500);
  const told = [...lines(before), ...lines(rest)];
  expect(told).toEqual(told.map((_, index) => `line ${index}`));
  expect(rest.exit).toBeUndefined();
});

test('a recorder that is asked to go takes its agent with it', async () => {
  const { executor, stateDir } = await open();
  const run = commandRun(`console.log(process.pid); setInterval(() => {}, 1000)`);
  await begin(executor, run);
  const before = await follow(executor, run.sessionId, 0, (events) => events.length > 0);
  const recorder = readIdentity(sessionDirectory(stateDir, run.sessionId).recorder);
  process.kill(recorder?.pid ?? 0, 'SIGTERM');
  const rest = await follow(executor, run.sessionId, before.offset);
  expect(rest.exit).toEqual({ kind: 'lost', reason: expect.stringContaining('SIGTERM') });
  expect(identityOf(Number(lines(before)[0]))).toBeUndefined();
});

test('a torn tail is cut at the last whole record and told, once', async () => {
  const { executor, stateDir } = await open();
  const run = commandRun(`console.log('one'); console.log('two')`);
  await begin(executor, run);
  const whole = await follow(executor, run.sessionId);
  await recorderGone(stateDir, run.sessionId);
  const { journal } = sessionDirectory(stateDir, run.sessionId);
  const size = (await stat(journal)).size - 5;
  await truncate(journal, size);
  const torn = await follow(executor, run.sessionId);
  expect(bodies(torn).slice(0, -1)).toEqual(bodies(whole));
  const [told] = bodies(torn).slice(-1);
  expect(told).toMatchObject({
    type: 'log',
    level: 'warn',
    message: expect.stringMatching(/The last \d+ bytes .* not a whole record and were cut/),
  });
  const [bytes, from] = [...JSON.stringify(told).matchAll(/\d+/g)].map(Number);
  expect((bytes ?? 0) + (from ?? 0)).toBe(size);
  expect(torn).toMatchObject({
    exit: { kind: 'lost', reason: expect.stringContaining('without a last word') },
    offset: size,
  });
  // Whoever stored the report does not get it again.
  expect(await follow(executor, run.sessionId, torn.offset)).toEqual({ ...torn, events: [] });
});

test('damage in a journal costs what is damaged, and is told', async () => {
  const { executor, stateDir } = await open();
  const run = commandRun(`console.log('one'); console.log('two'); console.log('three')`);
  await begin(executor, run);
  const whole = await follow(executor, run.sessionId);
  await recorderGone(stateDir, run.sessionId);
  const { journal } = sessionDirectory(stateDir, run.sessionId);
  const bytes = await readFile(journal);
  const index = bytes.indexOf('"two"');
  bytes[index + 1] = 0x54;
  await writeFile(journal, bytes);
  const damaged = await follow(executor, run.sessionId);
  expect(lines(damaged)).toEqual(['one', 'three']);
  expect(bodies(damaged)).toContainEqual({
    type: 'log',
    level: 'warn',
    message: expect.stringMatching(/^\d+ bytes .* are damaged/),
  });
  expect(damaged).toMatchObject({ exit: whole.exit, offset: whole.offset });
});

test('what stands behind the end of a session changes nothing', async () => {
  const { executor, stateDir } = await open();
  const run = commandRun(`console.log('one')`);
  await begin(executor, run);
  const whole = await follow(executor, run.sessionId);
  await appendFile(sessionDirectory(stateDir, run.sessionId).journal, 'garbage\n');
  expect(await follow(executor, run.sessionId)).toEqual(whole);
  expect(await follow(executor, run.sessionId, whole.offset)).toEqual({ ...whole, events: [] });
});

test('a program that goes away before it starts is told with a remedy', async () => {
  const { executor } = await open();
  const run = runOf({ settings: { command: ['no-such-program-here'] } });
  await begin(executor, run);
  expect((await follow(executor, run.sessionId)).exit).toEqual({
    kind: 'lost',
    reason: expect.stringMatching(/"no-such-program-here" was not found.*Install/),
  });
});

test('a recorder that cannot be started is a problem that says why', async () => {
  const stateDir = await temporaryDirectory();
  const executor = await openExecutor(stateDir, {
    recorderCommand: node(`console.error('No recorder today.'); process.exit(4)`),
  });
  const run = commandRun('');
  const workspace = await executor.provision(run);
  await expect(executor.start(run, workspace)).rejects.toMatchObject({
    code: 'internal',
    detail: expect.stringMatching(/code 4\. No recorder today\./),
  });
});

test('git is started by the fork server, and by itself without one', async () => {
  const folder = await temporaryDirectory();
  const parents = join(folder, 'parents');
  // The real one, behind a program that says who started it.
  const { stdout: real } = spawnSync('which', ['git'], { encoding: 'utf8' });
  const script = `#!/bin/sh\necho $PPID >>'${parents}'\nexec '${real.trim()}' "$@"\n`;
  await writeFile(join(folder, 'git'), script, { mode: 0o755 });
  const repository = join(folder, 'repository');
  spawnSync('git', ['init', '--quiet', repository]);
  const parentOfGit = async (options: Partial<ProcessExecutorOptions>) => {
    const environment = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    const executor = await openExecutor(await temporaryDirectory(), { environment, ...options });
    return async () => {
      await executor.refs(repository);
      return Number((await readFile(parents, 'utf8')).trim().split('\n').at(-1));
    };
  };
  expect(await (await parentOfGit({}))()).toBe(process.pid);
  const asked = await parentOfGit({ forkServerCommand: fromSource('process/fork-server/main.ts') });
  await vi.waitFor(async () => expect(await asked()).not.toBe(process.pid), { timeout: 30_000 });
  const { stdout } = spawnSync('ps', ['-o', 'ppid=,args=', '-p', String(await asked())], {
    encoding: 'utf8',
  });
  expect(stdout).toMatch(new RegExp(`^ *${process.pid} .*fork-server`));
});

test('a session nobody started has an end, too', async () => {
  const { executor } = await open();
  expect((await follow(executor, 'test-never')).exit).toMatchObject({ kind: 'lost' });
  await executor.kill('test-never');
  await executor.stop('test-never', 10);
  for (const id of ['../other', '', 'a/b', '.']) {
    await expect(executor.kill(id)).rejects.toMatchObject({ code: 'session-not-found' });
  }
});

test('a killed session is not started any more', async () => {
  const { executor, stateDir } = await open();
  const run = commandRun(`console.log('never')`);
  const workspace = await executor.provision(run);
  const gone = new AbortController();
  gone.abort();
  await expect(executor.start(run, workspace, gone.signal)).rejects.toMatchObject({ code: 'aborted' });
  const starting = executor.start(run, workspace);
  const killing = executor.kill(run.sessionId);
  await Promise.all([starting, killing]);
  const recorded = await follow(executor, run.sessionId);
  expect(recorded.exit?.kind).toMatch(/ended-by-us|exited/);
  expect(readIdentity(sessionDirectory(stateDir, run.sessionId).recorder)).toBeDefined();
});
