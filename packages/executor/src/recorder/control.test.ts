import { readFile, rename } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { decodeLine } from '../journal/record.ts';
import { node, stayAndSayPid } from '../testing/programs.ts';
import { begin, follow, openExecutor, runOf } from '../testing/sessions.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { readIdentity } from './claim.ts';
import { readCommand, readNotice } from './control-message.ts';
import { connectToRecorder } from './link.ts';
import { readRunFile } from './run-file.ts';
import { sessionDirectory } from './session-directory.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const patiently = () => () => {};

const running = async () => {
  const stateDir = await temporaryDirectory();
  const executor = await openExecutor(stateDir);
  const run = runOf({ settings: { command: node(stayAndSayPid) } });
  await begin(executor, run);
  await follow(executor, run.sessionId, 0, (events) => events.length > 0);
  const directory = sessionDirectory(stateDir, run.sessionId);
  const { socket } = readRunFile(directory);
  const link = await connectToRecorder(socket, patiently);
  if (link === undefined) throw new Error('Nobody listens.');
  return { executor, run, directory, socket, link };
};

const acknowledged = async (journal: string): Promise<unknown[]> =>
  (await readFile(journal, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => decodeLine(Buffer.from(line)))
    .filter((record) => JSON.stringify(record).includes('"kind":"command"'));

test('a command that is sent twice happens once, and is written down before it is acknowledged', async () => {
  const { executor, run, directory, socket, link } = await running();
  const stop = { id: 'one', command: 'stop', graceMs: 60_000 } as const;
  await link.send(stop);
  expect(await acknowledged(directory.journal)).toEqual([{ kind: 'command', id: 'one' }]);
  const other = await connectToRecorder(socket, patiently);
  await Promise.all([link.send(stop), other?.send(stop), other?.send({ id: 'one', command: 'kill' })]);
  expect(await acknowledged(directory.journal)).toEqual([{ kind: 'command', id: 'one' }]);
  // The agent ignores the signal of the stop; the kill with the same id did not happen.
  await link.send({ id: 'two', command: 'kill' });
  expect((await follow(executor, run.sessionId)).exit).toEqual({ kind: 'ended-by-us' });
  expect(await acknowledged(directory.journal)).toHaveLength(2);
});

test('a command of a newer server is refused, and the talk goes on', async () => {
  const { socket } = await running();
  const received = await new Promise<string>((resolve) => {
    let text = '';
    const client = connect(socket, () => {
      client.write('nonsense\n{"no":"id"}\n{"id":"a","command":"dance"}\n{"id":"b","command":"kill"}\n');
    });
    client.on('data', (chunk) => {
      text += chunk;
      if (text.includes('"taken"')) {
        client.destroy();
        resolve(text);
      }
    });
  });
  const notices = received
    .trimEnd()
    .split('\n')
    .map((line) => readNotice(Buffer.from(line)));
  expect(notices[0]).toMatchObject({ hello: { version: 3 } });
  expect(notices).toContainEqual({ refused: 'a', reason: expect.stringContaining('does not know') });
  expect(notices).toContainEqual({ taken: 'b' });
});

test('a link tells when it ended, and a command is then not taken', async () => {
  const { executor, run, link } = await running();
  await executor.kill(run.sessionId);
  await follow(executor, run.sessionId);
  while (link.open) await link.changed(link.durable);
  expect(await link.send({ id: 'late', command: 'kill' })).toEqual({ answer: 'gone' });
});

test('a recorder of the first release is talked with, and what it cannot do is said', async () => {
  const { executor, run, directory, socket } = await running();
  // The recorder that runs is out of reach; one that knows two commands answers in its place.
  await rename(socket, `${socket}.away`);
  const obeyed: string[] = [];
  const old = createServer((client) => {
    client.on('error', () => {});
    client.write(`{"hello":{"version":1,"sessionId":"${run.sessionId}","durable":0}}\n`);
    client.on('data', (bytes) => {
      const { id, command } = z
        .object({ id: z.string(), command: z.string() })
        .parse(JSON.parse(String(bytes)));
      obeyed.push(command);
      const answer =
        command === 'stop' ? { taken: id } : { refused: id, reason: 'It does not know the command.' };
      client.write(`${JSON.stringify(answer)}\n`);
    });
  });
  await new Promise<void>((resolve) => old.listen(socket, resolve));
  onTestFinished(async () => {
    await new Promise((resolve) => old.close(resolve));
    await rename(`${socket}.away`, socket);
    await executor.kill(run.sessionId);
  });
  await expect(executor.pause(run.sessionId)).rejects.toMatchObject({ code: 'pause-unsupported' });
  await expect(executor.resume(run.sessionId)).rejects.toMatchObject({ code: 'pause-unsupported' });
  const answer = { id: '1', approvalId: 'approval-1', choice: { outcome: 'allowed' }, by: 'ada' } as const;
  await expect(executor.answer(run.sessionId, answer)).rejects.toMatchObject({ code: 'approval-not-found' });
  await executor.stop(run.sessionId, 10);
  expect(obeyed).toEqual(['pause', 'resume', 'answer', 'stop']);
  expect(readIdentity(directory.recorder)).toBeDefined();
});

test('nobody listens where no recorder is', async () => {
  expect(await connectToRecorder('/tmp/no-such-socket.sock', patiently)).toBeUndefined();
});

test('messages are read for what they say and nothing else', () => {
  const line = (value: unknown) => Buffer.from(JSON.stringify(value));
  expect(readCommand(line({ id: 'x', command: 'stop', graceMs: 5, more: 1 }))).toEqual({
    id: 'x',
    command: 'stop',
    graceMs: 5,
  });
  expect(readCommand(line({ id: 'x', command: 'stop' }))).toEqual({ unknown: 'x' });
  expect(readCommand(line({ id: 'x', command: 'stop', graceMs: -1 }))).toEqual({ unknown: 'x' });
  const prompt = {
    id: 'x',
    command: 'prompt',
    blocks: [{ type: 'text', text: 'a' }],
    text: 'a',
    author: 'b',
  };
  expect(readCommand(line(prompt))).toEqual(prompt);
  expect(readCommand(line({ ...prompt, blocks: ['a'] }))).toEqual({ unknown: 'x' });
  expect(readCommand(line({ ...prompt, author: undefined }))).toEqual({ unknown: 'x' });
  const answer = {
    id: 'x',
    command: 'answer',
    approvalId: 'y',
    choice: { optionId: 'z' },
    by: 'b',
    note: 'c',
  };
  expect(readCommand(line(answer))).toEqual(answer);
  expect(readCommand(line({ ...answer, note: 1, choice: { outcome: 'denied' } }))).toEqual({
    ...answer,
    note: undefined,
    choice: { outcome: 'denied' },
  });
  for (const choice of [undefined, 'allowed', {}, { outcome: 'cancelled' }, { optionId: 1 }]) {
    expect(readCommand(line({ ...answer, choice }))).toEqual({ unknown: 'x' });
  }
  for (const value of [null, [], 1, 'kill', {}, { id: 1, command: 'kill' }]) {
    expect(readCommand(line(value))).toBeUndefined();
    expect(readNotice(line(value))).toBeUndefined();
  }
  expect(readNotice(line({ refused: 'x' }))).toMatchObject({ refused: 'x' });
  const refused = { refused: 'x', reason: 'r', code: 'invalid-request', errors: { a: ['b'] } };
  expect(readNotice(line(refused))).toEqual(refused);
  expect(readNotice(line({ ...refused, code: 1, errors: { a: 'b' } }))).toEqual({
    refused: 'x',
    reason: 'r',
  });
  expect(readNotice(line({ hello: { version: 1 } }))).toBeUndefined();
});
