import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Lie } from '@agent-harbor/scenario';
import * as acp from '@agentclientprotocol/sdk';
import { expect, it, vi } from 'vitest';
import { converse, prompt, results, words } from '../../testing/mock-agent.ts';
import { temporaryDirectory } from '../../testing/temporary.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const settings = (...timeline: object[]) => ({ speed: 0, scenario: { name: 'test', timeline } });
const say = (text: string) => ({ llmResponse: [{ assistant: [[0, text]] }] });

it('hangs until its turn is called off', async () => {
  const { stopReason, updates } = await converse(
    await temporaryDirectory(),
    settings(say('on'), { 'x-hang': 'until-cancelled' }, say('never')),
    async (conversation) => {
      const turn = prompt(conversation);
      await conversation.heard;
      const { sessionId } = conversation;
      await conversation.agent.notify(acp.methods.agent.session.cancel, { sessionId });
      return turn;
    },
  );
  expect([stopReason, words(updates)]).toEqual(['cancelled', ['on']]);
});

it.skipIf(process.platform === 'win32')(
  'hangs until it is killed: it hears neither that its turn is called off, nor a signal, nor that nobody is there',
  async () => {
    const { code, signal, updates } = await converse(
      await temporaryDirectory(),
      settings(say('on'), { 'x-hang': 'until-killed' }, say('never')),
      async (conversation) => {
        const { agent, sessionId } = conversation;
        const turn = prompt(conversation).catch(() => 'no answer');
        const isDeaf = () => expect(conversation.printed()).toContain('hears nothing');
        await vi.waitFor(isDeaf, { timeout: 20_000 });
        await agent.notify(acp.methods.agent.session.cancel, { sessionId });
        for (const unheard of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) conversation.kill(unheard);
        // It still answers what is no part of the turn: it is alive, and the signals have passed it by.
        await expect(agent.request(acp.methods.agent.session.list, {})).resolves.toBeDefined();
        const answer = await Promise.race([turn, new Promise((resolve) => setTimeout(resolve, 300))]);
        expect(answer).toBeUndefined();
        setTimeout(() => conversation.kill('SIGKILL'), 300);
        return undefined;
      },
    );
    expect([code, signal, words(updates)]).toEqual([null, 'SIGKILL', ['on']]);
  },
);

it('floods its client, its output and its errors', async () => {
  const { stopReason, updates, stderr, stdout } = await converse(
    await temporaryDirectory(),
    settings(
      { 'x-flood': { count: 500, bytes: 100 } },
      { 'x-flood': { of: 'stderr', count: 20 } },
      { 'x-flood': { of: 'output', count: 30 } },
    ),
    (conversation) => prompt(conversation),
  );
  expect(stopReason).toBe('end_turn');
  expect(words(updates)).toHaveLength(500);
  expect(new Set(words(updates)).size).toBe(500);
  expect(words(updates).every((text) => text.length === 100)).toBe(true);
  expect(stderr.match(/^flood \d+ \.+$/gm)).toHaveLength(20);
  expect(stdout.match(/^flood \d+ \.+$/gm)).toHaveLength(30);
});

it('lies as it is told to, and goes on', async () => {
  const cwd = await temporaryDirectory();
  const apart: readonly Lie[] = ['unknown-update', 'torn-message', 'endless-line'];
  const told = Lie.options.filter((lie) => !apart.includes(lie));
  const { stopReason, updates, stdout } = await converse(
    cwd,
    settings(...told.map((lie) => ({ 'x-lie': lie })), { 'x-lie': 'unknown-update' }, say('on')),
    (conversation) => prompt(conversation),
  );
  expect(stopReason).toBe('end_turn');
  expect(results(updates).map(({ status, text }) => [status, text])).toEqual([
    ['completed', 'diff'],
    ['completed', 'All is well.'],
    ['failed', 'Nothing is.'],
    ['completed', 'Done already.'],
  ]);
  await expect(readFile(join(cwd, 'claimed.txt'))).rejects.toThrow('ENOENT');
  const spent = updates.flatMap((update) => (update.sessionUpdate === 'usage_update' ? [update.used] : []));
  expect(spent).toEqual([900, 100]);
  expect(words(updates)).toEqual([
    'I am somebody else.',
    'unknown-request: refused',
    'outside-file: refused',
    'foreign-terminal: refused',
    'on',
  ]);
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toContain('This line is no message.');
  const messages = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  expect(messages).toContainEqual({ jsonrpc: '2.0', id: 'nobody-asked', result: {} });
  expect(messages.map(({ params }) => params?.sessionId)).toContain('mock-session-1-of-somebody-else');
  expect(messages.map(({ params }) => params?.update?.sessionUpdate)).toContain('made_up');
});

it('leaves in the middle of a message', async () => {
  const { code, stdout, stopReason } = await converse(
    await temporaryDirectory(),
    settings(say('on'), { 'x-lie': 'torn-message' }),
    (conversation) => prompt(conversation),
  );
  expect([code, stopReason]).toEqual([1, undefined]);
  expect(stdout).toMatch(/\n\{[^\n]*session\/upd$/);
});
