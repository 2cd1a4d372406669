import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createPlayer, demoRepository, parseScenario } from '@agent-harbor/scenario';
import * as acp from '@agentclientprotocol/sdk';
import { describe, expect, it } from 'vitest';
import { fromSource } from '../../testing/from-source.ts';
import { converse, prompt, results, words } from '../../testing/mock-agent.ts';
import { temporaryDirectory } from '../../testing/temporary.ts';

const [node, ...program] = fromSource('agents/mock/main.ts');

const directoryWith = async (files: Readonly<Record<string, string>>): Promise<string> => {
  const root = await temporaryDirectory();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
};

const play = (cwd: string, timeline: readonly object[]) =>
  converse(cwd, { speed: 0, scenario: { name: 'test', timeline } }, (conversation) => prompt(conversation));

const run = (...cmd: string[]) => ({ agentToolUse: { toolName: 'runCmd', args: { cmd } } });

describe('the mock agent', () => {
  it('mends the demonstration for real: its tests fail before and pass behind', async () => {
    const cwd = await directoryWith(demoRepository);
    const { updates, stopReason, code } = await converse(cwd, { speed: 0.01 }, (conversation) =>
      prompt(conversation, 'Fix the failing test'),
    );
    expect([stopReason, code]).toEqual(['end_turn', 0]);
    const [before, source, test, edit, note, behind] = results(updates);
    expect(before).toMatchObject({ status: 'failed', raw: { code: 1 } });
    expect(before?.text).toMatch(/370 !== 620[\s\S]*\(exit code 1\)$/);
    expect([source?.text, test?.text]).toEqual([
      demoRepository['src/cart.js'],
      demoRepository['test/cart.test.js'],
    ]);
    expect([edit?.status, note?.status]).toEqual(['completed', 'completed']);
    expect(behind).toMatchObject({ status: 'completed', raw: { code: 0 } });
    expect(await readFile(join(cwd, 'src/cart.js'), 'utf8')).toContain('item.price * item.quantity');
    expect(updates.map(({ sessionUpdate }) => sessionUpdate)).toEqual(
      expect.arrayContaining(['agent_thought_chunk', 'plan', 'tool_call', 'agent_message_chunk']),
    );
  }, 30_000);

  it('tells an edit with its place and its texts', async () => {
    const cwd = await directoryWith({ 'a/b.txt': 'one\n' });
    const { updates } = await play(cwd, [
      { agentEdits: { path: 'a/b.txt', oldText: 'one', newText: 'two' } },
      { agentToolUse: { toolName: 'writeFile', args: { path: 'new/c.txt', content: 'see' } } },
      { agentEdits: { path: 'a/b.txt', delete: true } },
      { agentEdits: { path: 'bytes.bin', contents: { base64: 'AP8=' } } },
    ]);
    const [begun, ended] = updates;
    const path = join(cwd, 'a/b.txt');
    expect(begun).toMatchObject({
      sessionUpdate: 'tool_call',
      toolCallId: 'call-1',
      name: 'editFile',
      kind: 'edit',
      status: 'in_progress',
      rawInput: { path: 'a/b.txt' },
      locations: [{ path }],
    });
    expect(ended).toMatchObject({
      toolCallId: 'call-1',
      status: 'completed',
      content: [{ type: 'diff', path, oldText: 'one\n', newText: 'two\n' }],
    });
    expect(results(updates).map(({ status }) => status)).toEqual(Array(4).fill('completed'));
    expect(await readFile(join(cwd, 'new/c.txt'), 'utf8')).toBe('see');
    expect(await readFile(join(cwd, 'bytes.bin'))).toEqual(Buffer.from([0, 255]));
    await expect(readFile(path)).rejects.toThrow('ENOENT');
  });

  it('gives a program its arguments byte for byte, and nothing to a shell', async () => {
    const cwd = await temporaryDirectory();
    const awkward = ['$(touch pwned)', '`id`', '; ls', "it's", '"q"', 'a\nb', '--', '-rf', 'ü'];
    const { updates } = await play(cwd, [
      run('node', '-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', ...awkward),
      { agentToolUse: { toolName: 'runCmd', args: { cmd: 'echo hi > pwned' } } },
      { agentToolUse: { toolName: 'run_command', args: { command: 'node -p "1 + 1"', cwd: '.' } } },
    ]);
    const [first, second, third] = results(updates);
    expect(JSON.parse(first?.text ?? '')).toEqual(awkward);
    expect(second).toMatchObject({ status: 'failed', text: expect.stringContaining('needs a shell') });
    expect(third).toMatchObject({ status: 'completed', text: '2\n' });
    await expect(lstat(join(cwd, 'pwned'))).rejects.toThrow('ENOENT');
  });

  it.skipIf(process.platform === 'win32')('stays in its working directory, also behind links', async () => {
    const outside = await directoryWith({ 'secret.txt': 'secret' });
    const cwd = await temporaryDirectory();
    await symlink(outside, join(cwd, 'out'));
    await symlink(join(outside, 'secret.txt'), join(cwd, 'link.txt'));
    const write = (path: string) => ({
      agentToolUse: { toolName: 'writeFile', args: { path, content: 'x' } },
    });
    const read = (path: string) => ({ agentToolUse: { toolName: 'readFile', args: { path } } });
    const { updates } = await play(cwd, [
      write('../escape.txt'),
      write(join(outside, 'absolute.txt')),
      write('out/new.txt'),
      write('out/deep/new.txt'),
      write('link.txt'),
      { agentEdits: { path: 'out/secret.txt', delete: true } },
      read('out/secret.txt'),
      read('link.txt'),
      { agentFileReads: { files: [{ path: join(outside, 'secret.txt') }] } },
      { agentToolUse: { toolName: 'runCmd', args: { cmd: ['node', '-p', '1'], cwd: 'out' } } },
    ]);
    const ends = results(updates);
    expect(ends.map(({ status }) => status)).toEqual(Array(10).fill('failed'));
    expect(ends.some(({ text }) => text.includes('secret\n') || text === 'secret')).toBe(false);
    expect(await readFile(join(outside, 'secret.txt'), 'utf8')).toBe('secret');
    for (const name of ['new.txt', 'deep', 'absolute.txt']) {
      await expect(lstat(join(outside, name))).rejects.toThrow('ENOENT');
    }
  });

  it('says how a program failed', async () => {
    const { updates, stopReason } = await play(await temporaryDirectory(), [
      run('node', '-e', "console.log('out'); console.error('err'); process.exit(7)"),
      run('no-such-program-anywhere'),
      run('node', '-e', 'console.log("x".repeat(1_000_000))'),
    ]);
    const [failed, missing, long] = results(updates);
    expect(failed).toMatchObject({ status: 'failed', raw: { code: 7 } });
    expect(failed?.text.split('\n').sort()).toEqual(['(exit code 7)', 'err', 'out']);
    expect(missing).toMatchObject({
      status: 'failed',
      text: expect.stringMatching(/cannot be started.*ENOENT/),
    });
    expect(long?.status).toBe('completed');
    expect(long?.text.length).toBeLessThan(100_000);
    expect(stopReason).toBe('end_turn');
  });

  it('ends its turn as cancelled, and the program that ran with it', async () => {
    const cwd = await temporaryDirectory();
    const forever =
      "require('fs').writeFileSync('pid', String(process.pid)); console.log('on'); setInterval(() => {}, 1000)";
    const { updates, stopReason } = await converse(
      cwd,
      { speed: 0, scenario: { name: 'test', timeline: [run('node', '-e', forever), { log: 'never' }] } },
      async (conversation) => {
        const { agent, sessionId } = conversation;
        const turn = prompt(conversation);
        const pid = await eventually(() => readFile(join(cwd, 'pid'), 'utf8'));
        await agent.notify(acp.methods.agent.session.cancel, { sessionId });
        const reason = await turn;
        expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
        return reason;
      },
    );
    expect(stopReason).toBe('cancelled');
    expect(results(updates)).toMatchObject([{ status: 'failed', text: expect.stringContaining('SIGTERM') }]);
  });

  it('is cancelled in a pause, and goes when its client goes', async () => {
    const scenario = {
      name: 'test',
      timeline: [
        {
          llmResponse: [
            {
              think: [
                [0, 'a'],
                [3_600_000, 'b'],
              ],
            },
          ],
        },
      ],
    };
    const cancelled = await converse(await temporaryDirectory(), { scenario }, async (conversation) => {
      const turn = prompt(conversation);
      await conversation.heard;
      await conversation.agent.notify(acp.methods.agent.session.cancel, {
        sessionId: conversation.sessionId,
      });
      return turn;
    });
    expect(cancelled).toMatchObject({ stopReason: 'cancelled', code: 0 });
    const left = await converse(await temporaryDirectory(), { scenario }, async (conversation) => {
      void prompt(conversation).catch(() => {});
      await conversation.heard;
      return undefined;
    });
    expect(left).toMatchObject({ stopReason: undefined, code: 0 });
  });

  it.each([
    [
      'exits with the code it is told to',
      [{ error: { message: 'fatal: no', exitCode: 42 } }],
      undefined,
      42,
      'fatal: no\n',
    ],
    ['refuses when it is told to', [{ complete: { stopReason: 'refusal' } }], 'refusal', 0, ''],
    ['tells people what is for people', [{ log: 'a note' }], 'end_turn', 0, 'a note\n'],
  ] as const)('%s', async (_, timeline, stopReason, code, stderr) => {
    expect(await play(await temporaryDirectory(), timeline)).toMatchObject({ stopReason, code, stderr });
  });

  it('answers each prompt by the next turn, and honestly when there is none', async () => {
    const { updates } = await converse(
      await temporaryDirectory(),
      {
        speed: 0,
        scenario: {
          name: 'test',
          timeline: [
            { userInputs: [[0, 'First']] },
            { llmResponse: [{ assistant: [[0, 'one']] }] },
            { complete: true },
            { userInputs: [[3_600_000, 'Then']] },
            { llmResponse: [{ assistant: [[0, 'two']] }] },
          ],
        },
      },
      async (conversation) => {
        await prompt(conversation);
        await prompt(conversation);
        return prompt(conversation);
      },
    );
    expect(updates.map((update) => 'content' in update && update.content)).toMatchObject([
      { text: 'one' },
      { text: 'two' },
      { text: 'The scenario test has no further turn: nothing was done about this prompt.' },
    ]);
    const ids = updates.flatMap((update) => ('messageId' in update ? [update.messageId] : []));
    expect(ids).toEqual(['message-1', 'message-2', 'message-3']);
  });

  const asking = {
    agentPermissionRequest: {
      toolCall: { toolCallId: 'w', title: 'Write a file' },
      // What the user of the scenario says, at his own time, is not for the agent to say.
      granted: true,
      'x-answerAfterMs': 3_600_000,
      'x-whenAllowed': [{ llmResponse: [{ assistant: [[0, 'Thanks.']] }] }],
      'x-whenDenied': [{ llmResponse: [{ assistant: [[0, 'A pity.']] }] }],
    },
  };
  const writing = {
    agentToolUse: { toolName: 'writeFile', toolCallId: 'w', args: { path: 'a.txt', content: 'a' } },
  };
  it.each([
    ['allow', ['Thanks.'], 'completed'],
    ['reject', ['A pity.'], 'failed'],
    [undefined, ['A pity.'], 'failed'],
  ])('asks for leave, and goes on by the answer %s', async (optionId, said, status) => {
    const cwd = await temporaryDirectory();
    const asked: acp.RequestPermissionRequest[] = [];
    const { updates, stopReason } = await converse(
      cwd,
      { scenario: { name: 'test', timeline: [asking, writing] } },
      (conversation) => prompt(conversation),
      {
        permit(request) {
          asked.push(request);
          const outcome = optionId === undefined ? 'cancelled' : 'selected';
          return { outcome: outcome === 'cancelled' ? { outcome } : { outcome, optionId: optionId ?? '' } };
        },
      },
    );
    expect(stopReason).toBe('end_turn');
    expect(asked).toMatchObject([
      {
        toolCall: {
          toolCallId: 'w',
          title: 'Write a file',
          name: 'writeFile',
          kind: 'edit',
          locations: [{ path: join(cwd, 'a.txt') }],
        },
        options: [
          { optionId: 'allow', name: 'Allow once', kind: 'allow_once' },
          { optionId: 'reject', name: 'Deny once', kind: 'reject_once' },
        ],
      },
    ]);
    expect(words(updates)).toEqual(said);
    expect(results(updates).map((result) => result.status)).toEqual([status]);
    const file = readFile(join(cwd, 'a.txt'), 'utf8');
    if (status === 'completed') expect(await file).toBe('a');
    else await expect(file).rejects.toThrow('ENOENT');
  });

  it('ends by the signal it is told to', async () => {
    const { code, signal } = await play(await temporaryDirectory(), [
      { error: { message: 'Killed', exitCode: 137, 'x-signal': 'SIGKILL' } },
    ]);
    expect([code, signal]).toEqual([null, 'SIGKILL']);
  });

  it.each([
    ['a scenario nobody has', '{"scenario":"nope"}', /no scenario nope; there are quick-edit/],
    ['an unknown setting', '{"sped":1}', /AH_MOCK_SETTINGS\.sped/],
    [
      'a bad inline scenario',
      '{"scenario":{"name":"x","timeline":[{"thnk":1}]}}',
      /scenario\.timeline\.0\.thnk/,
    ],
    ['no JSON', 'nonsense', /is not JSON/],
  ])('refuses %s before it speaks', async (_, json, words) => {
    const child = spawn(node, program, {
      env: { ...process.env, AH_MOCK_SETTINGS: json },
      stdio: 'pipe',
    });
    let [stderr, stdout] = ['', ''];
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    const [code] = await once(child, 'close');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(words);
  });

  it('says the same as the scenario executor would, as long as nothing real is involved', async () => {
    const timeline = [
      {
        llmResponse: [
          {
            think: [
              [1, 'a'],
              [2, 'b'],
            ],
          },
          { assistant: [[1, 'c']] },
        ],
      },
      { agentPlan: { entries: [{ content: 'p', priority: 'low', status: 'pending' }] } },
      { agentToolUse: { toolName: 'webSearch', args: { query: 'q' }, result: 'found' } },
    ];
    const { updates } = await play(await temporaryDirectory(), timeline);
    const kinds = createPlayer(parseScenario({ name: 'x', timeline }, ''), 0).map(
      ({ action }) => action.type,
    );
    expect(kinds).toEqual(['think', 'think', 'say', 'plan', 'tool-start', 'tool-end', 'end']);
    expect(updates.map(({ sessionUpdate }) => sessionUpdate)).toEqual([
      'agent_thought_chunk',
      'agent_thought_chunk',
      'agent_message_chunk',
      'plan',
      'tool_call',
      'tool_call_update',
    ]);
    const ids = updates.flatMap((update) => ('messageId' in update ? [update.messageId] : []));
    expect(ids).toEqual(['message-1', 'message-2', 'message-3']);
    expect(results(updates)).toMatchObject([{ status: 'completed', text: 'found' }]);
  });
});

/** What the work gives once it no longer fails. */
const eventually = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  const until = Date.now() + 10_000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
};
