import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as acp from '@agentclientprotocol/sdk';
import { expect, it, vi } from 'vitest';
import { converse, prompt, results } from '../../testing/mock-agent.ts';
import { temporaryDirectory } from '../../testing/temporary.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const scenario = (timeline: readonly object[], more: object = {}) => ({
  speed: 0,
  scenario: { name: 'test', timeline, ...more },
});
const write = (path: string, content: string) => ({
  agentToolUse: { toolName: 'writeFile', args: { path, content } },
});

it('reads and writes text by the client that offers it, and does the rest itself', async () => {
  const cwd = await temporaryDirectory();
  await writeFile(join(cwd, 'open.txt'), 'on the disk');
  await writeFile(join(cwd, 'gone.txt'), 'gone');
  await writeFile(join(cwd, 'bytes.bin'), Buffer.from([0, 255]));
  /** What the editor of the client has: newer than the disk. */
  const open = new Map([[join(cwd, 'open.txt'), 'in the editor']]);
  const asked: string[] = [];
  const { updates, stopReason } = await converse(
    cwd,
    scenario([
      { agentEdits: { path: 'open.txt', oldText: 'editor', newText: 'buffer' } },
      write('new/file.txt', 'new'),
      { agentToolUse: { toolName: 'readFile', args: { path: 'new/file.txt' } } },
      { agentToolUse: { toolName: 'readFile', args: { path: 'nowhere.txt' } } },
      write('secret.txt', 'x'),
      { agentEdits: { path: 'gone.txt', delete: true } },
      { agentEdits: { path: 'bytes.bin', contents: { base64: 'AP8A' } } },
      { 'x-file': { path: 'placed.txt', contents: 'placed' } },
    ]),
    (conversation) => prompt(conversation),
    {
      capabilities: { fs: { readTextFile: true, writeTextFile: true } },
      read({ path }) {
        asked.push(`read ${path.slice(cwd.length + 1)}`);
        const content = path.endsWith('.bin') ? '\0\uFFFD' : open.get(path);
        if (path.endsWith('gone.txt')) return { content: 'gone' };
        if (content === undefined) throw new Error('nothing of that name');
        return { content };
      },
      write({ path, content }) {
        asked.push(`write ${path.slice(cwd.length + 1)}`);
        if (path.endsWith('secret.txt')) throw acp.RequestError.invalidParams({ why: 'not that one' });
        open.set(path, content);
      },
    },
  );
  expect(stopReason).toBe('end_turn');
  expect(results(updates).map(({ status, text }) => [status, text])).toEqual([
    ['completed', 'diff'],
    ['completed', 'diff'],
    ['completed', 'new'],
    ['failed', 'nowhere.txt: there is no such file'],
    ['failed', expect.stringMatching(/^secret\.txt: the client does not write it: .*not that one/)],
    ['completed', 'Changed gone.txt.'],
    ['completed', 'Changed bytes.bin.'],
  ]);
  expect(open.get(join(cwd, 'open.txt'))).toBe('in the buffer');
  expect(asked).toEqual([
    'read open.txt',
    'write open.txt',
    'read new/file.txt',
    'write new/file.txt',
    'read new/file.txt',
    'read nowhere.txt',
    'read secret.txt',
    'write secret.txt',
    'read gone.txt',
    'read bytes.bin',
  ]);
  const disk = (path: string) => readFile(join(cwd, path)).catch(() => undefined);
  expect(String(await disk('open.txt'))).toBe('on the disk');
  expect([await disk('new/file.txt'), await disk('gone.txt')]).toEqual([undefined, undefined]);
  expect(await disk('bytes.bin')).toEqual(Buffer.from([0, 255, 0]));
  expect(String(await disk('placed.txt'))).toBe('placed');
});

it('reads and writes by a client only what that offers', async () => {
  const cwd = await temporaryDirectory();
  const read = vi.fn(() => ({ content: 'theirs' }));
  const { updates } = await converse(
    cwd,
    scenario([write('a.txt', 'mine'), { agentToolUse: { toolName: 'readFile', args: { path: 'a.txt' } } }]),
    (conversation) => prompt(conversation),
    { capabilities: { fs: { readTextFile: true } }, read },
  );
  expect(results(updates).map(({ text }) => text)).toEqual(['diff', 'theirs']);
  expect(await readFile(join(cwd, 'a.txt'), 'utf8')).toBe('mine');
});

const modes = [{ id: 'plan', name: 'Plan', description: 'Looks only.', readsOnly: true }, { id: 'build' }];

it('offers its modes, works by the one it is set to, and says when it switches by itself', async () => {
  const cwd = await temporaryDirectory();
  const timeline = [
    write('a.txt', 'no'),
    { agentToolUse: { toolName: 'runCmd', args: { cmd: ['node', '-e', '0'] } } },
    { complete: true },
    { userInputs: [[0, 'Go on']] },
    write('a.txt', 'yes'),
    { 'x-mode': 'plan' },
    write('b.txt', 'no'),
  ];
  const { updates } = await converse(cwd, scenario(timeline, { 'x-modes': modes }), async (conversation) => {
    const { agent, session, sessionId } = conversation;
    expect(session.modes).toEqual({
      currentModeId: 'plan',
      availableModes: [
        { id: 'plan', name: 'Plan', description: 'Looks only.' },
        { id: 'build', name: 'build' },
      ],
    });
    await prompt(conversation);
    const { setMode } = acp.methods.agent.session;
    await expect(agent.request(setMode, { sessionId, modeId: 'yolo' })).rejects.toThrow(
      'it does not offer "yolo"; it has plan, build',
    );
    await agent.request(setMode, { sessionId, modeId: 'build' });
    return prompt(conversation);
  });
  const refused = 'Not in the mode plan: it only reads.';
  expect(results(updates).map(({ text }) => text)).toEqual([refused, refused, 'diff', refused]);
  expect(updates).toContainEqual({ sessionUpdate: 'current_mode_update', currentModeId: 'plan' });
  expect(await readFile(join(cwd, 'a.txt'), 'utf8')).toBe('yes');
});

it('offers its models and uses the one it is set to; the turn says what it used', async () => {
  const models = [{ id: 'small', name: 'Small' }, { id: 'large' }];
  const input = {
    relativeTime: 0,
    input: 'Do it',
    expectedResponse: { usage: { inputTokens: 7, outputTokens: 5 } },
  };
  await converse(
    await temporaryDirectory(),
    scenario([{ userInputs: [input] }, { log: 'x' }], { 'x-models': models }),
    async ({ agent, session, sessionId }) => {
      const option = { type: 'select', id: 'model', category: 'model', name: 'Model' };
      const options = [
        { value: 'small', name: 'Small' },
        { value: 'large', name: 'large' },
      ];
      expect(session.configOptions).toEqual([{ ...option, currentValue: 'small', options }]);
      const { setConfigOption, prompt: ask } = acp.methods.agent.session;
      const set = (value: string, configId = 'model') =>
        agent.request(setConfigOption, { sessionId, configId, value });
      expect(await set('large')).toEqual({ configOptions: [{ ...option, currentValue: 'large', options }] });
      await expect(set('huge')).rejects.toThrow('it does not offer "huge"; it has small, large');
      await expect(set('large', 'speed')).rejects.toThrow('there is only the option model');
      expect(await agent.request(ask, { sessionId, prompt: [{ type: 'text', text: 'Do it' }] })).toEqual({
        stopReason: 'end_turn',
        usage: { inputTokens: 7, outputTokens: 5, totalTokens: 12 },
      });
      return undefined;
    },
  );
  const named = { env: { AH_MOCK_MODEL: 'anything' } };
  const only = await converse(
    await temporaryDirectory(),
    scenario([{ log: 'x' }]),
    async (conversation) => {
      expect(conversation.session.configOptions).toMatchObject([{ currentValue: 'anything' }]);
      return prompt(conversation);
    },
    named,
  );
  expect(only.stopReason).toBe('end_turn');
});
