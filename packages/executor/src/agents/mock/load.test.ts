import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as acp from '@agentclientprotocol/sdk';
import { expect, it, vi } from 'vitest';
import { type Conversation, converse, prompt, results, words } from '../../testing/mock-agent.ts';
import { temporaryDirectory } from '../../testing/temporary.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const { load, list } = acp.methods.agent.session;
const say = (text: string) => ({ llmResponse: [{ assistant: [[0, text]] }] });
const write = (path: string, toolCallId?: string) => ({
  agentToolUse: { toolName: 'writeFile', args: { path, content: path }, toolCallId },
});
const settings = {
  speed: 0,
  scenario: {
    name: 'test',
    'x-modes': [{ id: 'plan', readsOnly: true }, { id: 'build' }],
    'x-models': [{ id: 'small' }, { id: 'large' }],
    timeline: [
      { userInputs: [[0, 'First']] },
      say('one'),
      { agentPermissionRequest: { toolCall: { toolCallId: 'w' } } },
      write('first.txt', 'a'),
      { complete: true },
      { userInputs: [[0, 'Second']] },
      say('two'),
      write('second.txt', 'a'),
      { 'x-hang': 'until-killed' },
      say('behind'),
      write('denied.txt', 'w'),
      { complete: true },
      { userInputs: [[0, 'Third']] },
      say('three'),
    ],
  },
};

const loading = async ({ agent }: Pick<Conversation, 'agent'>, sessionId: string, cwd: string) => ({
  agent,
  sessionId,
  session: await agent.request(load, { sessionId, cwd, mcpServers: [] }),
});

it('goes on in another process where the one before was killed', async () => {
  const cwd = await temporaryDirectory();
  const state = await temporaryDirectory();
  let sessionId = '';
  const before = await converse(
    cwd,
    settings,
    async (conversation) => {
      const { agent, updates, greeting } = conversation;
      sessionId = conversation.sessionId;
      expect(greeting.agentCapabilities).toMatchObject({
        loadSession: true,
        sessionCapabilities: { list: {} },
      });
      await agent.request(acp.methods.agent.session.setMode, { sessionId, modeId: 'build' });
      await agent.request(acp.methods.agent.session.setConfigOption, {
        sessionId,
        configId: 'model',
        value: 'large',
      });
      await prompt(conversation, 'The first');
      const hung = prompt(conversation, 'The second');
      await vi.waitFor(() => expect(results(updates)).toHaveLength(2), { timeout: 20_000 });
      conversation.kill('SIGKILL');
      return hung;
    },
    { state },
  );
  expect(before.signal).toBe('SIGKILL');
  // What a crash cut off is passed over.
  const [file = ''] = await readdir(join(state, 'agent-harbor-mock/sessions'));
  await appendFile(join(state, 'agent-harbor-mock/sessions', file), '{"update":{"sess');

  const after = await converse(
    cwd,
    settings,
    async (conversation) => {
      const { agent, updates } = conversation;
      const { sessions } = await agent.request(list, { cwd });
      expect(sessions).toMatchObject([{ sessionId, cwd, title: 'The first' }]);
      expect((await agent.request(list, { cwd: '/elsewhere' })).sessions).toEqual([]);
      for (const unknown of ['mock-session-9', '../../etc/passwd', 'x'.repeat(5_000), '']) {
        await expect(loading(conversation, unknown, cwd)).rejects.toThrow(/not found/i);
      }
      const loaded = await loading(conversation, sessionId, cwd);
      expect(loaded.session).toMatchObject({
        modes: { currentModeId: 'build' },
        configOptions: [{ currentValue: 'large' }],
      });
      const told = updates.splice(0);
      expect(told.filter(({ sessionUpdate }) => sessionUpdate !== 'user_message_chunk')).toEqual(
        before.updates,
      );
      expect(
        told.flatMap((update) =>
          update.sessionUpdate === 'user_message_chunk' && 'text' in update.content
            ? [update.content.text]
            : [],
        ),
      ).toEqual(['The first', 'The second']);
      await expect(loading(conversation, sessionId, cwd)).rejects.toThrow(/not found/i);
      await prompt(loaded, 'Go on');
      expect([words(updates), results(updates).map(({ text }) => text)]).toEqual([
        ['behind'],
        ['Leave was not given.'],
      ]);
      const ids = updates.flatMap((update) => ('messageId' in update ? [update.messageId] : []));
      expect(ids).toEqual(['message-3']);
      return prompt(loaded, 'And then');
    },
    { state, begins: false },
  );
  expect([after.stopReason, words(after.updates).at(-1)]).toEqual(['end_turn', 'three']);
  expect(await readFile(join(cwd, 'second.txt'), 'utf8')).toBe('second.txt');
  await expect(readFile(join(cwd, 'denied.txt'))).rejects.toThrow('ENOENT');
});

it('ends no turn when its client goes: the next one hears the rest, once', async () => {
  const cwd = await temporaryDirectory();
  const state = await temporaryDirectory();
  const timeline = [
    write('a.txt'),
    {
      agentToolUse: {
        toolName: 'runCmd',
        args: {
          cmd: [
            'node',
            '-e',
            "const f = require('fs'); f.appendFileSync('runs', 'x'); if (f.readFileSync('runs').length < 2) setInterval(() => {}, 1000)",
          ],
        },
      },
    },
    say('done'),
  ];
  const wish = { speed: 0, scenario: { name: 'test', timeline } };
  let sessionId = '';
  await converse(
    cwd,
    wish,
    async (conversation) => {
      sessionId = conversation.sessionId;
      void prompt(conversation).catch(() => {});
      await vi.waitFor(async () => expect(await readFile(join(cwd, 'runs'), 'utf8')).toBe('x'), {
        timeout: 20_000,
      });
      return undefined;
    },
    { state },
  );
  const { updates } = await converse(
    cwd,
    wish,
    async (conversation) => {
      const loaded = await loading(conversation, sessionId, cwd);
      conversation.updates.splice(0);
      return prompt(loaded);
    },
    { state, begins: false },
  );
  expect(words(updates)).toEqual(['done']);
  expect(
    updates.flatMap((update) => (update.sessionUpdate === 'tool_call' ? [update.toolCallId] : [])),
  ).toEqual(['call-2-again']);
  expect(results(updates)).toMatchObject([{ status: 'completed' }]);
});

it('loads the session a scenario begins with: its history is told, the rest is played', async () => {
  const cwd = await temporaryDirectory();
  const granted = { toolCall: { toolCallId: 'h' }, granted: true };
  const scenario = {
    name: 'test',
    acp: { capabilities: { loadSession: true } },
    timeline: [
      { userInputs: [[0, 'Long ago']] },
      say('It was so.'),
      { agentPermissionRequest: granted },
      write('history.txt', 'h'),
      { sessionStart: { sessionId: 'from-before' } },
      { userInputs: [[0, 'And now']] },
      say('Now it is so.'),
    ],
  };
  const { updates } = await converse(
    cwd,
    { speed: 0, scenario },
    async (conversation) => {
      const loaded = await loading(conversation, 'from-before', cwd);
      expect(conversation.updates.map(({ sessionUpdate }) => sessionUpdate)).toEqual([
        'user_message_chunk',
        'agent_message_chunk',
        'tool_call',
        'tool_call_update',
      ]);
      conversation.updates.splice(0);
      return prompt(loaded);
    },
    { begins: false },
  );
  expect(words(updates)).toEqual(['Now it is so.']);
  expect(results(updates)).toEqual([]);
  expect(await readFile(join(cwd, 'history.txt'), 'utf8')).toBe('history.txt');
});

it('says so where sessions cannot be kept, or are not to be', async () => {
  const cwd = await temporaryDirectory();
  const asked = async (client: Parameters<typeof converse>[3], scenario?: object) => {
    const capabilities: unknown[] = [];
    const played = await converse(
      cwd,
      { speed: 0, scenario: { name: 'test', timeline: [say('one')], ...scenario } },
      async (conversation) => {
        capabilities.push(conversation.greeting.agentCapabilities?.loadSession);
        return prompt(conversation);
      },
      client,
    );
    return [...capabilities, played.stopReason, words(played.updates)];
  };
  const file = join(await temporaryDirectory(), 'a-file');
  await appendFile(file, '');
  expect(await asked({ state: file })).toEqual([false, 'end_turn', ['one']]);
  const never = { acp: { capabilities: { loadSession: false } } };
  expect(await asked({}, never)).toEqual([false, 'end_turn', ['one']]);
});
