import { describe, expect, it } from 'vitest';
import { parseScenario } from '../load/parse-scenario.ts';
import { playToEnd, sessionId } from '../testing/play.ts';
import { turnsOf } from './turns.ts';

const play = (timeline: readonly object[], members: object = {}) =>
  playToEnd({
    name: 'inline',
    repo: { files: [{ path: 'a.json', contents: '{"b":[1,{"c/d":true}]}' }] },
    timeline,
    ...members,
  });
const logs = async (timeline: readonly object[], members?: object) => {
  const { bodies, exit } = await play(timeline, members);
  return [
    ...bodies.map((body) => (body.type === 'log' ? [body.level, body.message] : [body.type])),
    exit?.kind,
  ];
};
const say = (text: string) => ({ llmResponse: [{ assistant: [[0, text]] }] });
const runs = (...cmd: string[]) => ({ agentToolUse: { toolName: 'runCmd', args: { cmd } } });

describe('what others act on is told', () => {
  it('by a line of log each', async () => {
    expect(
      await logs(
        [
          { initialize: { protocolVersion: 1 }, expectedResponse: {} },
          { setMode: { modeId: 'ask' } },
          { setModel: { modelId: 'big' } },
          { screenshot: 'here' },
          { userCommand: { program: 'ls', args: ['-l'], cwd: 'src' } },
          { assertGit: { branch: 'main' } },
          { merge: true },
        ],
        { acp: { unstable: true } },
      ),
    ).toEqual([
      ['debug', 'A client says hello, with version 1 of the protocol.'],
      ['info', 'The user switches to the mode ask.'],
      ['info', 'The user switches to the model big.'],
      ['info', 'A picture of the terminal is due here: here'],
      ['info', 'The user runs a command (not run here): ls -l (in src)'],
      ['warn', 'assertGit needs a real repository and is not checked here: {"branch":"main"}'],
      ['debug', 'The session stays in the lists, as every session does.'],
      'turn-ended',
    ]);
  });

  it('also behind the end of a turn, where nothing else is played', async () => {
    const timeline = [
      { complete: true },
      say('never'),
      { screenshot: 'end' },
      { assert: { fs: { exists: ['a.json'] } } },
    ];
    expect(await logs(timeline)).toEqual([
      ['info', 'A picture of the terminal is due here: end'],
      'turn-ended',
    ]);
    const remarks: string[] = [];
    turnsOf(parseScenario({ name: 'x', timeline }, ''), (remark) => remarks.push(remark));
    expect(remarks).toEqual(['llmResponse behind the end']);
  });
});

describe('assertions', () => {
  it.each([
    ['fs', { fs: { exists: ['a.json', 'dir', 'dir/b.txt', './a.json'], notExists: ['dir/c', 'di'] } }],
    ['text', { text: { contains: ['hello   there', 'printed'] } }],
    ['json', { json: { file: { path: 'a.json', pointer: '/b/1/c~1d', equals: true } } }],
    [
      'json, whole',
      { json: { file: [{ path: 'a.json', pointer: '', equals: { b: [1, { 'c/d': true }] } }] } },
    ],
    ['git', { git: { commit: { messageContains: 'tidy' } } }],
    ['nothing', {}],
  ])('hold: %s', async (_, assertion) => {
    const { exit } = await play([
      { agentEdits: { path: 'dir/b.txt', contents: 'b' } },
      say('hello\nthere'),
      { log: 'printed' },
      runs('git', '-C', '.', 'commit', '-am', 'tidy up'),
      { assert: assertion },
    ]);
    expect(exit).toEqual({ kind: 'turn-ended', stopReason: 'end_turn' });
  });

  it.each([
    [
      { fs: { exists: ['nope', '../a.json'] } },
      'fs.exists: expected nope to be there; fs.exists: expected ../a.json to be there',
    ],
    [{ fs: { notExists: ['a.json'] } }, 'fs.notExists: expected a.json not to be there'],
    [{ text: { contains: ['unsaid'] } }, 'text.contains: expected "unsaid" to have been said or printed'],
    [
      { json: { file: { path: 'a.json', pointer: '/b/0', equals: 2 } } },
      'json.file: expected a.json to have 2 at "/b/0", found 1',
    ],
    [
      { json: { file: { path: 'nope', pointer: '', equals: 2 } } },
      'json.file: expected nope to have 2 at "", but there is no such file',
    ],
    [
      { git: { commit: [{ messageContains: 'other' }] } },
      'git.commit: expected a commit whose message contains "other", found "one"',
    ],
  ])('that do not hold fail the session: %j', async (assertion, reason) => {
    const failed = runs('git', 'commit', '-m', 'failed');
    const { bodies, exit } = await play([
      runs('git', 'commit', '-m', 'one'),
      { agentToolUse: { ...failed.agentToolUse, status: 'error' } },
      { assert: assertion },
      say('never'),
    ]);
    expect(bodies.at(-1)).toEqual({ type: 'log', level: 'error', message: `assert: ${reason}` });
    expect(exit).toEqual({ kind: 'exited', code: 1, lastOutput: `assert: ${reason}` });
  });

  it('nobody knows give a warning', async () => {
    expect(await logs([{ assert: { acp: { session: [] }, fs: { exists: ['a.json'] } } }])).toEqual([
      ['warn', 'assert.acp is not known here and not checked.'],
      'turn-ended',
    ]);
  });
});

describe('what users do to files', () => {
  const patch = `diff --git a/a.json b/b/moved.json
--- a/a.json
+++ b/b/moved.json
@@ -1 +1 @@
-{"b":[1,{"c/d":true}]}
\\ No newline at end of file
+{}
--- /dev/null
+++ b/new.txt
@@ -0,0 +1,2 @@
+one
+two
`;

  it('is applied, whole', async () => {
    const { bodies, executor } = await play([{ userEdits: { patch } }]);
    expect(bodies.map((body) => (body.type === 'file_edit' ? body.file_path : body.type))).toEqual([
      'a.json',
      'diff',
      'b/moved.json',
      'diff',
      'new.txt',
      'diff',
    ]);
    expect(bodies[0]).not.toHaveProperty('tool_execution_id');
    const changes = await executor.files.changes(sessionId);
    expect(changes.map(({ path, status }) => [path, status])).toEqual([
      ['a.json', 'deleted'],
      ['b/moved.json', 'added'],
      ['new.txt', 'added'],
    ]);
  });

  it.each([
    ['notes/a.patch', /userEdits: notes\/a\.patch is the name of a file/],
    ['nothing\nof the kind\n', /is no unified diff/],
    ['--- a/no.txt\n+++ b/no.txt\n@@ -1 +1 @@\n-a\n+b\n', /no\.txt: there is no such file/],
    ['--- a/a.json\n+++ b/a.json\n@@ -1 +1 @@\n-a\n+b\n', /a\.json: the file is not what the patch is for/],
    ['--- a/../../x\n+++ b/../../x\n@@ -1 +1 @@\n-a\n+b\n', /not in the workspace/],
  ])('or fails the session: %j', async (text, reason) => {
    const { exit, executor } = await play([{ userEdits: { patch: text } }]);
    expect(exit).toMatchObject({ kind: 'exited', code: 1, lastOutput: expect.stringMatching(reason) });
    expect(await executor.files.changes(sessionId)).toEqual([]);
  });
});

describe('tools that look into a workspace and change it', () => {
  it('do so in memory, unless the scenario says what they give', async () => {
    const { bodies, executor } = await play([
      { writeFile: { path: 'src/a.txt', content: 'one\ntwo\n' } },
      { grep: { pattern: 'two', path: 'src', output_mode: 'content' } },
      { agentToolUse: { toolName: 'grep', args: { pattern: 'two' }, result: 'told' } },
      { find: { path: 'src' } },
      { listDir: { path: 'src' } },
      { readFile: { path: 'src/a.txt', offset: 2 } },
      { sed: { path: 'src/a.txt', expression: 's/one/1/', inplace: true } },
      { sed: { path: 'src/none.txt', expression: 's/one/1/', inplace: true } },
      { todoWrite: { todos: [{ content: 'Mend it' }] } },
      { exitPlanMode: { plan: 'First this.' } },
      { killShell: { shell_id: 'shell-1' } },
    ]);
    const given = bodies.flatMap((body) => (body.type === 'tool_result' ? [body.tool_output] : []));
    expect(given.slice(1)).toEqual([
      'src/a.txt:2:two',
      'told',
      'src/a.txt',
      'a.txt',
      'two\n',
      'Changed src/a.txt.',
      'src/none.txt: there is no such text file',
      '',
      '',
      '',
    ]);
    expect(bodies).toContainEqual({
      type: 'plan',
      entries: [{ content: 'Mend it', status: 'pending', priority: 'medium' }],
    });
    expect(bodies).toContainEqual({ type: 'message', role: 'assistant', content: 'First this.' });
    const content = await executor.files.content(sessionId, 'src/a.txt');
    expect(JSON.stringify(content)).toContain('two');
    expect(bodies.filter(({ type }) => type === 'file_edit')).toHaveLength(2);
  });
});

describe('groups and tools by their own names', () => {
  it('are played as what they mean', async () => {
    const { bodies } = await play([
      { agentActions: [{ writeFile: { path: 'w', content: 'x' } }, { grep: { pattern: 'x' } }] },
      {
        userActions: [
          {
            userInputs: [
              [0, 'prompt'],
              [0, 'more'],
            ],
          },
        ],
      },
    ]);
    expect(
      bodies.map((body) => ('tool_name' in body ? `${body.type} ${body.tool_name}` : body.type)),
    ).toEqual([
      'tool_use writeFile',
      'tool_result writeFile',
      'file_edit',
      'diff',
      'tool_use grep',
      'tool_result grep',
      'user_input',
    ]);
  });
});

describe('how a prompt is answered', () => {
  const asked = (expectedResponse: object) => ({
    userInputs: [{ relativeTime: 0, input: 'p', expectedResponse }],
  });

  it('gives usage and the stop reason', async () => {
    const usage = { inputTokens: 3, outputTokens: 4 };
    const { bodies, exit } = await play([asked({ stopReason: 'refusal', usage }), say('no')]);
    expect(bodies.at(-1)).toEqual({ type: 'usage', input_tokens: 3, output_tokens: 4 });
    expect(exit).toEqual({ kind: 'turn-ended', stopReason: 'refusal' });
  });

  it('must not contradict the end', async () => {
    expect((await play([asked({ stopReason: 'completed' }), { complete: true }])).exit).toMatchObject({
      stopReason: 'end_turn',
    });
    const { exit } = await play([asked({ stopReason: 'max_tokens' }), { complete: true }]);
    expect(exit).toMatchObject({
      code: 1,
      lastOutput: 'expectedResponse.stopReason: expected max_tokens, but found end_turn',
    });
  });

  it('is said of the first prompt behind the history at its start', async () => {
    const { exit, bodies } = await play([
      asked({ stopReason: 'end_turn' }),
      { agentPermissionRequest: { granted: true, 'x-answerAfterMs': 5_000 } },
      { complete: true },
      { sessionStart: { expectedPromptResponse: { stopReason: 'max_tokens' } } },
      { userInputs: [[0, 'go on']] },
      say('on'),
    ]);
    expect(exit).toEqual({ kind: 'turn-ended', stopReason: 'max_tokens' });
    expect(bodies.map(({ type }) => type)).toEqual(['user_input', 'approval', 'approval', 'message']);
  });
});

describe('our own entries', () => {
  it('say events word for word, but not what the server states', async () => {
    const body = { type: 'thought', thought: 'a', reasoning: 'b' };
    const diff = {
      type: 'diff',
      path: 'x',
      oldText: null,
      newText: 'y',
      truncated: true,
      fullDiffUrl: '/api/v1/sessions/other/diff/x',
    };
    const { bodies } = await play([{ 'x-event': body }, { 'x-event': diff }]);
    expect(bodies).toEqual([body, { ...diff, fullDiffUrl: `/api/v1/sessions/${sessionId}/diff/x` }]);
    for (const wrong of [
      { type: 'status', status: 'completed' },
      { type: 'delivery', mode: 'branch', state: 'delivered' },
    ]) {
      const parse = () => parseScenario({ name: 'x', timeline: [{ 'x-event': wrong }] }, '');
      expect(parse).toThrow(/stated by the server/);
    }
  });

  it('place files without a word', async () => {
    const { bodies, executor } = await play([
      { 'x-file': { path: 'a.json', contents: null } },
      { 'x-file': { path: 'b.bin', contents: { base64: 'AP8=' } } },
    ]);
    expect(bodies).toEqual([]);
    expect((await executor.files.changes(sessionId)).map(({ path, status }) => [path, status])).toEqual([
      ['a.json', 'deleted'],
      ['b.bin', 'added'],
    ]);
  });

  it('tell a tool instead of performing it', async () => {
    const { bodies, executor } = await play([
      {
        agentToolUse: {
          toolName: 'writeFile',
          args: { path: 'never', content: 'x' },
          result: 'as told',
          'x-told': true,
          'x-truncated': true,
        },
      },
    ]);
    expect(bodies.at(-1)).toMatchObject({ type: 'tool_result', tool_output: 'as told', truncated: true });
    expect(await executor.files.changes(sessionId)).toEqual([]);
  });
});

describe('tools that are about no workspace', () => {
  const results = async (timeline: readonly object[], members?: object) => {
    const { bodies } = await play(timeline, members);
    return bodies.flatMap((body) => (body.type === 'tool_result' ? [[body.status, body.tool_output]] : []));
  };
  const web = [{ url: 'https://example.test/', title: 'Home', text: 'Bread and butter' }];
  const fetches = { webFetch: { url: 'https://example.test' } };

  it('find the web of the scenario, and no other', async () => {
    const timeline = [
      fetches,
      { webFetch: { url: 'https://else.test' } },
      { webSearch: { query: 'butter' } },
      { agentToolUse: { toolName: 'webFetch', args: { url: 'https://example.test' }, result: 'As said.' } },
      { agentToolUse: { toolName: 'webFetch', args: { url: 'https://example.test' }, 'x-told': true } },
    ];
    expect(await results(timeline, { 'x-web': web })).toEqual([
      ['completed', 'Bread and butter'],
      ['failed', 'https://else.test: there is no such page'],
      ['completed', 'Home\nhttps://example.test/\nBread and butter'],
      ['completed', 'As said.'],
      ['completed', ''],
    ]);
    expect(await results(timeline.slice(0, 1))).toEqual([['completed', '']]);
  });

  it('switch the mode by a command', async () => {
    const members = { 'x-modes': [{ id: 'plan', readsOnly: true }, { id: 'build' }] };
    const writes = { writeFile: { path: 'b.txt', content: 'b' } };
    const commands = ['/mode build', '/mode other', '/compact'];
    const timeline = [writes, ...commands.map((command) => ({ slashCommand: { command } })), writes];
    expect(await results(timeline, members)).toEqual([
      ['failed', expect.stringContaining('plan')],
      ['completed', 'Works in the mode build.'],
      ['failed', 'There is no mode other: plan, build.'],
      ['completed', ''],
      ['completed', 'Wrote b.txt.'],
    ]);
  });

  const errand = {
    task: {
      description: 'Look for prices',
      prompt: 'What is charged?',
      'x-timeline': [
        { llmResponse: [{ think: [[10, 'Where?']] }, { assistant: [[10, 'I look.']] }] },
        { readFile: { path: 'a.json' } },
        { writeFile: { path: 'found.txt', content: 'two' } },
        { llmResponse: [{ assistant: [[30, 'It is two.']] }] },
      ],
    },
  };

  it('let another agent do what it is asked, within the task', async () => {
    const { bodies, executor } = await play([errand, say('Thank you.')]);
    const [task, ...rest] = bodies;
    const id = task?.type === 'tool_use' ? task.tool_execution_id : '';
    expect(task).toMatchObject({
      tool_name: 'task',
      tool_args: { description: 'Look for prices', prompt: 'What is charged?' },
    });
    expect(JSON.stringify(task)).not.toContain('x-timeline');
    const signs = rest.flatMap((body) =>
      body.type === 'log' && body.tool_execution_id === id ? [body.message] : [],
    );
    expect(signs).toEqual(['Where?', 'I look.', 'It is two.']);
    const ends = bodies.flatMap((body) =>
      body.type === 'tool_result' ? [[body.tool_name, body.status, body.tool_output, body.duration_ms]] : [],
    );
    expect(ends).toEqual([
      ['readFile', 'completed', '{"b":[1,{"c/d":true}]}', 0],
      ['writeFile', 'completed', 'Wrote found.txt.', 0],
      ['task', 'completed', 'It is two.', 50],
    ]);
    expect(bodies.at(-1)).toMatchObject({ type: 'message', content: 'Thank you.' });
    expect((await executor.files.changes(sessionId)).map(({ path }) => path)).toEqual(['found.txt']);
  });

  it('fail with the agent that is asked', async () => {
    const fails = { task: { 'x-timeline': [say('I try.'), { error: 'It is gone.' }] } };
    expect(await results([fails, say('Then alone.')])).toEqual([['failed', 'It is gone.']]);
    const stopped = { task: { 'x-timeline': [{ complete: { stopReason: 'refusal' } }] } };
    expect(await results([stopped])).toEqual([['failed', '']]);
  });

  it('are all over when the session is', async () => {
    const mid = { task: { 'x-timeline': [{ agentToolUse: { toolName: 'x', progress: [[50, 'half']] } }] } };
    const cancels = { userCancelSession: { relativeTime: 20 } };
    expect(await results([mid, cancels])).toEqual([
      ['failed', 'Stopped before it was done.'],
      ['failed', 'Stopped before it was done.'],
    ]);
  });
});

describe('a scenario is refused', () => {
  it.each([
    [
      'two starts',
      { timeline: [{ sessionStart: {} }, { sessionStart: null }] },
      /timeline\.1\.sessionStart: stands here a second/,
    ],
    [
      'loading without a start',
      { acp: { capabilities: { loadSession: true } }, timeline: [] },
      /needs an entry sessionStart/,
    ],
    [
      'a start without loading',
      { acp: { capabilities: { loadSession: false } }, timeline: [{ sessionStart: {} }] },
      /to be true/,
    ],
    [
      'an agent that is asked and asks another',
      { timeline: [{ task: { 'x-timeline': [{ task: {} }] } }] },
      /timeline\.0\.task\.x-timeline\.0/,
    ],
    [
      'a mode nobody offers, within a task',
      { timeline: [{ task: { 'x-timeline': [{ 'x-mode': 'build' }] } }] },
      /timeline\.0\.task\.x-timeline\.0\.x-mode: is none of the modes/,
    ],
    ['a page nowhere', { timeline: [], 'x-web': [{ url: 'example.test', text: '' }] }, /x-web\.0\.url/],
    ['an unstable entry', { timeline: [{ setModel: { modelId: 'x' } }] }, /acp\.unstable/],
    [
      'a transport that is not there',
      { acp: { mcpServers: [{ name: 'a', type: 'http', url: 'x' }] }, timeline: [] },
      /over http/,
    ],
    [
      'a decision and its short form',
      { timeline: [{ agentPermissionRequest: { granted: true, decision: { outcome: 'cancelled' } } }] },
      /they say the same/,
    ],
    [
      'an option nobody offers',
      { timeline: [{ agentPermissionRequest: { decision: { outcome: 'selected', optionId: 'x' } } }] },
      /none of the options/,
    ],
    [
      'leave without an option for it',
      {
        timeline: [
          {
            agentPermissionRequest: {
              granted: false,
              options: [{ id: 'a', label: 'A', kind: 'allow_once' }],
            },
          },
        ],
      },
      /reject_once/,
    ],
    [
      'an answer without a decision',
      { timeline: [{ agentPermissionRequest: { 'x-answerAfterMs': 1 } }] },
      /needs decision/,
    ],
    [
      'media without data',
      { timeline: [{ userInputs: [[0, { type: 'image', mimeType: 'image/png' }]] }] },
      /give data or path/,
    ],
    ['a command twice', { timeline: [{ userCommand: { cmd: 'a', program: 'b' } }] }, /either cmd or program/],
    [
      'an edit of a call with a tool',
      { timeline: [{ agentEdits: { path: 'a', 'x-toolCallId': 'c' } }] },
      /needs x-alone/,
    ],
  ])('with %s', (_, members, reason) => {
    expect(() => parseScenario({ name: 'x', ...members }, '')).toThrow(reason);
  });
});
