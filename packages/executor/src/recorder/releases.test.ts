import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { identityOf } from '../process/identity.ts';
import { bodies, follow, lines, messages, openExecutor } from '../testing/sessions.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { readRunFile } from './run-file.ts';
import { sessionDirectory } from './session-directory.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const releases = join(import.meta.dirname, '../testing/releases');
const versions = [1, 2, 3] as const;

/** A state directory as a server of that release left it. */
const inherit = async (version: number) => {
  const stateDir = await temporaryDirectory();
  const sessionId = `session-${version}`;
  const directory = sessionDirectory(stateDir, sessionId);
  const from = join(releases, `v${version}`);
  mkdirSync(join(directory.root, 'workspace'), { recursive: true });
  writeFileSync(
    directory.run,
    readFileSync(join(from, 'run.json'), 'utf8').replaceAll('"/state', `"${stateDir}`),
  );
  const talk = readFileSync(join(from, 'control.txt'), 'utf8').trimEnd().split('\n');
  return { stateDir, sessionId, directory, journal: join(from, 'journal.jsonl'), talk };
};

/** A message without the order of its members, which means nothing. */
const meaning = (line: string): string => JSON.stringify(Object.entries(JSON.parse(line)).sort());

/** A recorder of that release: it says what was said then, when it hears what it heard then. */
const play = async (
  talk: readonly string[],
  socket: string,
): Promise<{ readonly heard: string[]; readonly end: () => Promise<void> }> => {
  const heard: string[] = [];
  const open = new Set<Socket>();
  const answers = new Map<string, string>();
  const greetings: string[] = [];
  for (const [index, line] of talk.entries()) {
    const [who, ...words] = line.split(' ');
    const text = words.join(' ');
    if (who === 'server') answers.set(meaning(text), talk[index + 1]?.replace(/^recorder /, '') ?? '');
    else if (!talk[index - 1]?.startsWith('server ')) greetings.push(text);
  }
  const server = createServer((client) => {
    open.add(client);
    client.on('error', () => {});
    client.write(greetings.map((line) => `${line}\n`).join(''));
    client.on('data', (bytes) => {
      for (const line of String(bytes).trimEnd().split('\n')) {
        heard.push(meaning(line));
        client.write(
          `${answers.get(meaning(line)) ?? `{"refused":"?","reason":"${line.length} unexpected bytes"}`}\n`,
        );
      }
    });
  });
  mkdirSync(dirname(socket), { recursive: true });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const end = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const client of open) client.destroy();
    });
  onTestFinished(end);
  return { heard, end };
};

test.each(versions)('the journal of a recorder of version %i is read to its end', async (version) => {
  const { stateDir, sessionId, directory, journal } = await inherit(version);
  cpSync(journal, directory.journal);
  const recorded = await follow(await openExecutor(stateDir), sessionId);
  expect(recorded.exit).toEqual({ kind: 'ended-by-us' });
  expect(recorded.offset).toBe(readFileSync(journal).length);
  // Nothing in it is unknown, or damaged, by now.
  expect(bodies(recorded).filter((body) => body.type === 'log' && body.level === 'warn')).toEqual([]);
  if (version === 1) {
    expect(lines(recorded)).toEqual(['line 1', 'a long line']);
    expect(lines(recorded, 'stderr')).toEqual(['ein Fehler: ä€😀']);
    expect(bodies(recorded).map(({ type }) => type)).toEqual([...Array(4).fill('log'), 'file_edit', 'diff']);
  } else if (version === 3) {
    expect(lines(recorded)).toEqual(['$ ls', 'notes.md', '$ ', 'again', 'and again']);
  } else {
    expect(messages(recorded)).toEqual(['Hello there.', '1: again']);
    const types = new Set(bodies(recorded).map(({ type }) => type));
    expect([...types].sort()).toEqual(
      'approval diff file_edit log message plan status thought tool_result tool_use user_input'.split(' '),
    );
  }
});

test.each(versions)('a live recorder of version %i is followed, and obeys', async (version) => {
  const { stateDir, sessionId, directory, journal, talk } = await inherit(version);
  const { socket } = readRunFile(directory);
  writeFileSync(directory.recorder, JSON.stringify(identityOf(process.pid)));
  const whole = readFileSync(journal);
  // The last record is on its way: beyond what the recorder says is durable nothing is read, and nothing is torn.
  const exitAt = whole.lastIndexOf('\n', whole.length - 2) + 1;
  writeFileSync(directory.journal, whole.subarray(0, exitAt + 7));
  const recorder = await play(
    talk.map((line) => line.replace(/"durable":[1-9]\d*/, `"durable":${exitAt}`)),
    socket,
  );
  const executor = await openExecutor(stateDir);
  const events = bodies(await follow(executor, sessionId, 0, (found) => found.length > 3));
  expect(events.length).toBeGreaterThan(3);
  expect(JSON.stringify(events)).not.toContain('whole record');

  const answer = { id: '7', choice: { outcome: 'allowed' }, by: 'ada' } as const;
  const unknown = { code: 'approval-not-found' };
  if (version === 1) {
    await expect(executor.answer(sessionId, { ...answer, approvalId: 'approval-1' })).rejects.toMatchObject(
      unknown,
    );
  } else if (version === 3) {
    await executor.type(sessionId, { id: '7', data: 'bHMN' });
    await executor.resize(sessionId, { id: '8', cols: 100, rows: 30 });
  } else {
    await expect(executor.answer(sessionId, { ...answer, approvalId: 'approval-9' })).rejects.toMatchObject(
      unknown,
    );
    await executor.prompt(sessionId, { id: 'b', prompt: 'go on', author: 'ada' });
  }
  await executor.stop(sessionId, 5_000);
  const expected = talk
    .filter((line) => line.startsWith('server '))
    .map((line) => line.slice('server '.length))
    .filter((line) => !line.includes('"kill"'))
    .map(meaning);
  expect([...recorder.heard].sort()).toEqual(expected.sort());
});

test('the recorder of now runs what a server of version 1 wrote down', async () => {
  const { stateDir, sessionId, directory } = await inherit(1);
  expect(readRunFile(directory)).toMatchObject({
    version: 1,
    idleTimeoutMs: 0,
    approvals: { default: expect.any(String) },
  });
  const executor = await openExecutor(stateDir);
  // The server found it not yet claimed: it starts the recorder that was meant, with the run file that is there.
  const run = {
    sessionId,
    taskId: 'task',
    prompt: 'Do it.',
    repo: { mode: 'none' as const },
    agent: { type: 'command' as const, version: 'latest', settings: { command: ['false'] } },
    deliverTo: null,
    approvals: readRunFile(directory).approvals,
    idleTimeoutMs: 0,
    checks: [],
  };
  const workspace = { path: join(directory.root, 'workspace'), baseCommit: null, branch: null };
  await executor.start(run, workspace);
  const recorded = await follow(executor, sessionId);
  expect(lines(recorded)).toEqual(['line 1']);
  expect(lines(recorded, 'stderr')).toEqual(['line 2']);
  expect(recorded.exit).toMatchObject({ kind: 'exited', code: 0 });
});
