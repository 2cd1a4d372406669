import { CreateTask, EventBody } from '@agent-harbor/api-contract/schemas';
import {
  createSeededIds,
  type DeliveryWish,
  defaultApprovals,
  type Executor,
  type JournalBatch,
  type Run,
} from '@agent-harbor/core';
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../format/scenario.ts';
import { parseScenario } from '../load/parse-scenario.ts';
import { createVirtualClock, type VirtualClock } from '../testing/virtual-clock.ts';
import {
  createScriptedExecutor,
  type ScriptedExecutor,
  type ScriptedExecutorOptions,
} from './create-scripted-executor.ts';

const session = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const runOf = (timeline: readonly object[], members: Partial<Run> = {}): Run => ({
  sessionId: session,
  taskId: '01ARZ3NDEKTSV4RRFFQ69G5FAW',
  prompt: 'Do it',
  repo: { mode: 'git', url: '/srv/shop' },
  agent: { type: 'mock', version: 'latest', settings: { scenario: { name: 'inline', timeline } } },
  deliverTo: 'work',
  approvals: defaultApprovals,
  idleTimeoutMs: 0,
  checks: [],
  ...members,
});

const open = (
  options: Partial<ScriptedExecutorOptions> = {},
): { clock: VirtualClock; executor: ScriptedExecutor } => {
  const clock = createVirtualClock();
  return { clock, executor: createScriptedExecutor({ clock, ids: createSeededIds('test'), ...options }) };
};
const start = async (executor: Executor, run: Run) => executor.start(run, await executor.provision(run));
const read = async (executor: Executor, sessionId = session, after = 0): Promise<JournalBatch[]> => {
  const batches: JournalBatch[] = [];
  for await (const batch of executor.journal(sessionId, after)) batches.push(batch);
  return batches;
};
const bodies = (batches: readonly JournalBatch[]) =>
  batches.flatMap(({ events }) => events.map(({ body }) => body));
const wishOf = ({ deliverTo }: Run, message = ''): DeliveryWish => ({
  mode: 'branch',
  branch: deliverTo,
  isMadeUp: false,
  message,
  isFinal: true,
});
const say = (text: string, at = 0) => ({ llmResponse: [{ assistant: [[at, text]] }] });

describe('playing', () => {
  it('happens on the clock, and every event is one of the contract', async () => {
    const { clock, executor } = open();
    const begun = clock.now();
    await start(
      executor,
      runOf([
        { llmResponse: [{ think: [[100, 'hm']] }] },
        { agentPlan: { entries: [{ content: 'a', priority: 'low', status: 'pending' }] } },
        { agentToolUse: { toolName: 'grep', args: { a: 1 }, progress: [[50, 'half']], result: 'found' } },
        {
          userInputs: [
            [0, 'the prompt'],
            [120, 'hurry'],
          ],
        },
        { llmResponse: [{ error: { errorType: 'overloaded', statusCode: 529, message: 'later' } }] },
      ]),
    );
    await clock.advance(1_000);
    const events = (await read(executor)).flatMap((batch) => batch.events);
    expect(events.map(({ at, body }) => [at - begun, body.type])).toEqual([
      [100, 'thought'],
      [100, 'plan'],
      [100, 'tool_use'],
      [120, 'user_input'],
      [150, 'log'],
      [150, 'tool_result'],
      [150, 'log'],
    ]);
    for (const { body } of events) expect(EventBody.parse(body)).toEqual(body);
  });

  it('needs nothing but the clock: with speed 0 everything is there at once', async () => {
    const { clock, executor } = open({ speed: 0 });
    await start(executor, runOf([{ baseTimeDelta: 60_000 }, say('done', 1_000)]));
    expect(clock.waiting).toBe(0);
    expect(bodies(await read(executor))).toEqual([{ type: 'message', role: 'assistant', content: 'done' }]);
  });

  it("takes the session's speed before the host's", async () => {
    const { clock, executor } = open({ speed: 10 });
    const run = runOf([say('x', 1_000)]);
    const settings = { ...run.agent.settings, speed: 0.5 };
    await start(executor, { ...run, agent: { ...run.agent, settings } });
    await clock.advance(499);
    expect(clock.waiting).toBe(1);
    await clock.advance(1);
    expect(await read(executor)).toMatchObject([{ exit: { kind: 'turn-ended', stopReason: 'end_turn' } }]);
  });

  it('is the same for the same seed, and other for another', async () => {
    const record = async (seed: string) => {
      const { clock, executor } = open({ ids: createSeededIds(seed) });
      await start(
        executor,
        runOf([], { agent: { type: 'mock', version: '', settings: { scenario: 'fix-failing-test' } } }),
      );
      await clock.advance(60_000);
      return JSON.stringify(await read(executor));
    };
    expect(await record('one')).toBe(await record('one'));
    expect(await record('one')).not.toBe(await record('two'));
  });

  it('starts once, however often it is asked to', async () => {
    const { executor } = open();
    const run = runOf([say('once')]);
    await Promise.all([start(executor, run), start(executor, run)]);
    await start(executor, run);
    expect(bodies(await read(executor))).toHaveLength(1);
  });
});

describe('an agent that is made to say something', () => {
  it('says it now, between what it plays, and ends when it says so', async () => {
    const { clock, executor } = open();
    await start(executor, runOf([say('first'), say('last', 1_000)]));
    await clock.advance(500);
    await executor.say(session, { type: 'log', level: 'warn', message: 'from outside' });
    await executor.say(session, { type: 'status', status: 'failed', exitCode: 7, reason: 'no memory' });
    await clock.advance(1_000);
    const batches = await read(executor);
    expect(bodies(batches)).toMatchObject([{ content: 'first' }, { message: 'from outside' }]);
    expect(batches.at(-1)?.exit).toEqual({ kind: 'exited', code: 7, lastOutput: 'no memory' });
    await expect(executor.say(session, { type: 'thought', thought: 'late' })).rejects.toMatchObject({
      code: 'wrong-state',
    });
  });

  it.each([
    [{ status: 'completed' }, { kind: 'exited', code: 0 }],
    [{ status: 'failed' }, { kind: 'lost', reason: 'The agent failed.' }],
    [
      { status: 'failed', reason: 'gone' },
      { kind: 'lost', reason: 'gone' },
    ],
  ] as const)('ends by the status %j', async (status, exit) => {
    const { executor } = open();
    await start(executor, runOf([say('x', 1_000)]));
    await executor.say(session, { type: 'status', ...status });
    expect((await read(executor)).at(-1)?.exit).toEqual(exit);
  });

  it('cannot give a status that is the server’s, and is nobody before it runs', async () => {
    const { executor } = open();
    const stopped = { type: 'status', status: 'stopped' } as const;
    await expect(executor.say(session, stopped)).rejects.toMatchObject({ code: 'wrong-state' });
    await start(executor, runOf([say('x', 1_000)]));
    await expect(executor.say(session, stopped)).rejects.toMatchObject({
      errors: { status: [expect.anything()] },
    });
  });
});

it('takes the speed and the scenarios there are when a session starts', async () => {
  let speed = 1;
  const scenarios: Record<string, Scenario> = {};
  const { executor, clock } = open({ speed: () => speed, scenarios });
  const later = runOf([], { agent: { type: 'mock', version: 'latest', settings: { scenario: 'later' } } });
  const request = CreateTask.parse({ prompt: 'x', repo: { mode: 'none' }, agent: later.agent });
  await expect(executor.check(request)).rejects.toMatchObject({ code: 'unsupported-choice' });
  scenarios.later = parseScenario(
    { name: 'later', timeline: [{ baseTimeDelta: 1_000 }, say('late')] },
    'later',
  );
  speed = 0.1;
  await executor.check(request);
  await start(executor, later);
  await clock.advance(100);
  expect(bodies(await read(executor))).toMatchObject([{ content: 'late' }]);
});

describe('the journal', () => {
  it('is read again from any offset with the same rest', async () => {
    const { clock, executor } = open();
    await start(executor, runOf([say('a'), say('b', 10), say('c', 10)]));
    await clock.advance(100);
    const all = (await read(executor)).flatMap((batch) => batch.events);
    for (let after = 0; after <= all.length; after++) {
      const batches = await read(executor, session, after);
      expect(batches.flatMap((batch) => batch.events)).toEqual(all.slice(after));
      expect(batches.at(-1)).toMatchObject({ offset: all.length, exit: { kind: 'turn-ended' } });
    }
  });

  it('of a session nobody knows says that it is lost', async () => {
    const { executor } = open();
    expect(await read(executor, 'unknown', 7)).toMatchObject([
      { events: [], offset: 7, exit: { kind: 'lost' } },
    ]);
  });

  it('lets its readers go when the executor is closed', async () => {
    const { clock, executor } = open();
    await start(executor, runOf([say('a'), say('b', 1_000)]));
    const reading = read(executor);
    await Promise.resolve();
    await executor.close();
    expect(bodies(await reading)).toHaveLength(1);
    expect(clock.waiting).toBe(0);
  });
});

describe('an edit', () => {
  const edit = {
    agentEdits: { path: 'src/cart.js', oldText: 'sum + item.price', newText: 'sum', description: 'why' },
  };

  it('changes the file, and is told as a tool, an edit and a diff', async () => {
    const { executor } = open();
    await start(executor, runOf([edit]));
    const [use, result, change, diff] = bodies(await read(executor));
    expect(use).toMatchObject({
      type: 'tool_use',
      tool_name: 'editFile',
      tool_args: { path: 'src/cart.js' },
    });
    expect(result).toMatchObject({ type: 'tool_result', status: 'completed' });
    const id = use?.type === 'tool_use' ? use.tool_execution_id : '';
    expect(id).toMatch(/^[0-9A-Z]{26}$/);
    expect(change).toEqual({
      type: 'file_edit',
      file_path: 'src/cart.js',
      lines_added: 1,
      lines_removed: 1,
      description: 'why',
      tool_execution_id: id,
    });
    expect(diff).toMatchObject({ type: 'diff', path: 'src/cart.js', tool_execution_id: id });
    expect((await executor.files.content(session, 'src/cart.js')).content).toContain('=> sum, 0)');
    expect(await executor.files.changes(session)).toMatchObject([
      { path: 'src/cart.js', status: 'modified' },
    ]);
  });

  it('that cannot be made is a tool that failed, and changes nothing', async () => {
    const { executor } = open();
    await start(
      executor,
      runOf([
        { agentEdits: { path: 'nowhere.txt', oldText: 'a', newText: 'b' } },
        { agentToolUse: { toolName: 'writeFile', args: { path: '../x', content: 'x' } } },
        { agentFileReads: { files: [{ path: 'nowhere.txt' }] } },
      ]),
    );
    const results = bodies(await read(executor)).filter(({ type }) => type === 'tool_result');
    expect(results.map((body) => 'status' in body && body.status)).toEqual(['failed', 'failed', 'failed']);
    expect(await executor.files.changes(session)).toEqual([]);
  });

  it('tells how long a tool took, how much it gave, and the pipelines of a shell', async () => {
    const { clock, executor } = open();
    const shell = (line: string, exitCode: number, more: object = {}) => {
      const events = [
        { type: 'stdout', timeMs: 200, content: 'ü' },
        { type: 'completion', timeMs: 250, exitCode },
      ];
      const args = { cmd: ['sh', '-c', line] };
      return { agentToolUse: { toolName: 'runCmd', args, toolExecution: { events }, ...more } };
    };
    await start(
      executor,
      runOf([
        shell('cat a | wc', 0),
        shell('cd x; npm test', 3, { 'x-truncated': true }),
        { agentToolUse: { toolName: 'other', args: { cmd: ['sh', '-c', 'a | b'] }, result: 'told' } },
      ]),
    );
    await clock.advance(1_000);
    const results = bodies(await read(executor)).filter((body) => body.type === 'tool_result');
    const step = (command: string) => ({ command, argv: command.split(' ') });
    expect(results).toMatchObject([
      {
        duration_ms: 250,
        output_bytes: 3,
        pipelines: [{ steps: [step('cat a'), step('wc')], exit_code: 0 }],
      },
      { duration_ms: 250, pipelines: [{ steps: [step('cd x')] }, { operator: ';', exit_code: 3 }] },
      { duration_ms: 0, output_bytes: 4 },
    ]);
    expect(results.map((body) => Object.keys(body).filter((name) => /bytes|pipe/.test(name)))).toEqual([
      ['output_bytes', 'pipelines'],
      ['pipelines'],
      ['output_bytes'],
    ]);
  });

  it('of a large file shows the ends of the texts', async () => {
    const { executor } = open();
    const contents = Array.from({ length: 3_000 }, (_, index) => `line ${index}\n`).join('');
    await start(executor, runOf([{ agentEdits: { path: 'a/big file', contents } }]));
    const diff = bodies(await read(executor)).find(({ type }) => type === 'diff');
    expect(diff).toMatchObject({
      oldText: null,
      truncated: true,
      fullDiffUrl: `/api/v1/sessions/${session}/diff/a%2Fbig%20file`,
    });
    const lines = diff?.type === 'diff' ? (diff.newText?.split('\n') ?? []) : [];
    expect([lines.length, lines[199], lines[200]]).toEqual([251, 'line 199', 'line 2950']);
  });
});

describe('what the agent finds', () => {
  const paths = async (run: Run) => {
    const { executor } = open();
    const made = await executor.provision(run);
    const has = async (path: string) => {
      await executor.files.content(session, path);
      return path;
    };
    const found = await Promise.allSettled(['src/cart.js', 'own.txt'].map(has));
    return [made, found.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))];
  };

  it("is the demonstration, or the scenario's own files, or nothing", async () => {
    const repo = { branch: 'trunk', files: [{ path: 'own.txt', contents: 'mine' }] };
    const own = {
      type: 'mock',
      version: '',
      settings: { scenario: { name: 'x', repo, timeline: [] } },
    } as const;
    expect(await paths(runOf([]))).toMatchObject([{ branch: 'main' }, ['src/cart.js']]);
    expect(await paths(runOf([], { agent: own }))).toMatchObject([{ branch: 'trunk' }, ['own.txt']]);
    expect(await paths(runOf([], { repo: { mode: 'none' }, deliverTo: null }))).toEqual([
      { path: `/simulated/${session}`, baseCommit: null, branch: null },
      [],
    ]);
  });

  it('starts from the branch and commit that were asked for', async () => {
    const commit = 'c'.repeat(40);
    const [made] = await paths(
      runOf([], { repo: { mode: 'git', url: '/srv/shop', branch: 'next', commit } }),
    );
    expect(made).toMatchObject({ baseCommit: commit, branch: 'next' });
  });
});

describe('ending', () => {
  const working = [
    { agentToolUse: { toolName: 'runCmd', args: { cmd: 'make' }, progress: [[5_000, 'still']] } },
  ];

  it.each(['stop', 'kill'] as const)(
    '%s ends the agent at once, also in the middle of a tool',
    async (how) => {
      const { clock, executor } = open();
      await start(executor, runOf(working));
      const reading = read(executor);
      await clock.advance(100);
      await (how === 'stop' ? executor.stop(session, 10_000) : executor.kill(session));
      const batches = await reading;
      expect(bodies(batches).map((body) => [body.type, 'status' in body && body.status])).toEqual([
        ['tool_use', 'started'],
        ['tool_result', 'failed'],
      ]);
      expect(batches.at(-1)?.exit).toEqual({ kind: 'ended-by-us' });
      expect(clock.waiting).toBe(0);
    },
  );

  it('twice, before the start, or of nobody does no harm', async () => {
    const { executor } = open();
    await executor.kill('unknown');
    const run = runOf([say('never')]);
    const workspace = await executor.provision(run);
    await executor.kill(session);
    await executor.kill(session);
    await executor.start(run, workspace);
    expect(await read(executor)).toEqual([{ events: [], offset: 0, exit: { kind: 'ended-by-us' } }]);
  });

  it('keeps how an agent ended by itself', async () => {
    const { executor } = open();
    await start(executor, runOf([{ error: { message: 'broken', exitCode: 9 } }]));
    await executor.stop(session, 0);
    expect((await read(executor)).at(-1)?.exit).toEqual({ kind: 'exited', code: 9, lastOutput: 'broken' });
  });
});

describe('delivering', () => {
  const edit = { agentEdits: { path: 'a', contents: 'b' } };

  it('takes the changes home once, to a branch that is listed then', async () => {
    const { executor } = open();
    const run = runOf([edit]);
    const workspace = await executor.provision(run);
    await executor.start(run, workspace);
    const first = await executor.deliver(run, wishOf(run, 'message'));
    expect(first).toMatchObject({
      state: 'delivered',
      branch: 'work',
      commit: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    expect(await executor.deliver(run, wishOf(run, 'again'))).toEqual(first);
    expect((await executor.refs('/srv/shop')).branches).toEqual([
      { name: 'main', commit: workspace.baseCommit },
      { name: 'work', commit: first.commit },
    ]);
    expect((await executor.refs('/srv/other')).branches).toHaveLength(1);
  });

  it('says when there is nothing, and never takes a branch that is there', async () => {
    const { executor } = open();
    const idle = runOf([]);
    await executor.provision(idle);
    expect(await executor.deliver(idle, wishOf(idle))).toMatchObject({ state: 'nothing-to-deliver' });
    for (const [sessionId, deliverTo, state] of [
      ['a', 'work', 'delivered'],
      ['b', 'work', 'failed'],
      ['c', 'main', 'failed'],
    ] as const) {
      const run = runOf([edit], { sessionId, deliverTo });
      await start(executor, run);
      expect(await executor.deliver(run, wishOf(run))).toMatchObject({ state });
    }
  });

  it('shows the last files after a release, twice as once, and remembers the delivery', async () => {
    const { executor } = open();
    const run = runOf([edit]);
    await start(executor, run);
    const delivered = await executor.deliver(run, wishOf(run));
    const look = (sessionId: string) => [
      () => executor.files.changes(sessionId),
      () => executor.files.content(sessionId, 'a'),
      () => executor.files.diff(sessionId, { context: 3, full: false }),
    ];
    const lookAll = () => Promise.allSettled(look(session).map((each) => each()));
    const before = await lookAll();
    await executor.release(session);
    await executor.release(session);
    expect(await lookAll()).toEqual(before);
    expect((await executor.files.changes(session)).length).toBeGreaterThan(0);
    for (const each of look('unknown'))
      await expect(each()).rejects.toMatchObject({ code: 'workspace-gone' });
    expect(await executor.deliver(run, wishOf(run))).toEqual(delivered);
    expect((await read(executor)).at(-1)?.exit).toBeDefined();
  });
});

describe('checking a request', () => {
  const request = (members: object) =>
    CreateTask.parse({
      prompt: 'x',
      repo: { mode: 'git', url: '/repo' },
      agent: { type: 'mock' },
      ...members,
    });
  const mock = (settings: object) => ({
    agents: [{ type: 'mock' }, { type: 'mock', settings }],
    agent: undefined,
  });

  it.each([
    ['an unknown scenario', mock({ scenario: 'nope' }), 'unsupported-choice', 'agents.1.settings.scenario'],
    [
      'a name from every object',
      mock({ scenario: 'constructor' }),
      'unsupported-choice',
      'agents.1.settings.scenario',
    ],
    [
      'a scenario of one agent',
      { agent: { type: 'mock', settings: { scenario: 'x' } } },
      'unsupported-choice',
      'agent.settings.scenario',
    ],
    ['an unknown version', { agent: { type: 'mock', version: '9' } }, 'unsupported-choice', 'agent.version'],
    ['a bad speed', mock({ speed: -1 }), 'invalid-request', 'agents.1.settings.speed'],
    ['an unknown setting', mock({ scenari: 'x' }), 'invalid-request', 'agents.1.settings.scenari'],
    [
      'a bad inline scenario',
      mock({ scenario: { name: 'x', timeline: [{ thnk: 1 }] } }),
      'invalid-request',
      'agents.1.settings.scenario.timeline.0.thnk',
    ],
    [
      'a command without argv',
      { agent: { type: 'command', settings: {} } },
      'invalid-request',
      'agent.settings.command',
    ],
    [
      'a repository that is missing',
      { repo: { mode: 'git', url: 'https://x.test/a/missing.git' } },
      'unsupported-choice',
      'repo.url',
    ],
    [
      'a branch that is missing',
      { repo: { mode: 'git', url: '/repo', branch: 'missing' } },
      'unsupported-choice',
      'repo.branch',
    ],
  ])('refuses %s', async (_, members, code, field) => {
    const { executor } = open();
    const refusal = executor.check(request(members));
    await expect(refusal).rejects.toMatchObject({ code });
    const problem = await refusal.catch((error: unknown) => error);
    expect(Object.keys((problem as { errors: object }).errors)).toContain(field);
  });

  it('names the scenarios there are, those of the host first', async () => {
    const { executor } = open({ scenarios: { mine: parseScenario({ name: 'mine', timeline: [] }, '') } });
    await expect(executor.check(request(mock({ scenario: 'nope' })))).rejects.toThrow(
      /there is no scenario "nope"; this host has mine, quick-edit, fix-failing-test, /,
    );
    await executor.check(request(mock({ scenario: 'mine' })));
  });

  it('takes what can be played', async () => {
    const { executor } = open();
    await executor.check(request({}));
    await executor.check(request({ agent: { type: 'acp', settings: { command: ['agent'] } } }));
    await executor.check(request({ repo: { mode: 'none' } }));
    await expect(executor.check(request({}), AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
    await expect(executor.refs('/srv/missing/')).rejects.toMatchObject({ code: 'unsupported-choice' });
  });
});

describe('choosing what to play', () => {
  const messages = async (prompt: string, scenarios: ScriptedExecutorOptions['scenarios']) => {
    const { executor } = open({ speed: 0, scenarios });
    await start(executor, runOf([], { prompt, agent: { type: 'mock', version: '', settings: {} } }));
    return bodies(await read(executor)).flatMap((body) => (body.type === 'message' ? [body.content] : []));
  };
  const mine = parseScenario({ name: 'mine', initialPrompt: 'Bake a cake', timeline: [say('my own')] }, '');

  it('goes by the prompt, and falls back to the first of the host', async () => {
    expect(await messages('bake a cake!', { mine })).toEqual(['my own']);
    expect(await messages('Something that is like nothing at all', { mine })).toEqual(['my own']);
    expect(await messages('Fix the failing test', { mine })).toHaveLength(2);
    expect(await messages('Something that is like nothing at all', undefined)).toHaveLength(1);
  });
});

describe('other agents', () => {
  it.each(['acp', 'command'] as const)('of type %s are simulated: one line, a good end', async (type) => {
    const { executor } = open();
    await start(executor, runOf([], { agent: { type, version: '', settings: { command: ['false'] } } }));
    const batches = await read(executor);
    expect(bodies(batches)).toMatchObject([
      { type: 'log', message: expect.stringContaining('only simulated') },
    ]);
    expect(batches.at(-1)?.exit).toEqual({ kind: 'exited', code: 0 });
  });
});
