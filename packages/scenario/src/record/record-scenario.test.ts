import type { EventBody, SessionEvent } from '@agent-harbor/api-contract/schemas';
import { type AgentExit, type NewEvent, outcomeOf, timestamp } from '@agent-harbor/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileContents } from '../format/files.ts';
import { builtInScenarios } from '../library/built-in-scenarios.ts';
import { parseScenario } from '../load/parse-scenario.ts';
import { playToEnd, sessionId } from '../testing/play.ts';
import { recordScenario } from './record-scenario.ts';
import { isSame } from './rehearsal.ts';

const eventsOf = (events: readonly NewEvent[]): SessionEvent[] =>
  events.map(({ at, body }, index) => ({ ...body, seq: index + 1, ts: timestamp(at), sessionId }));

/** What the record of a session says of its end. */
const endOf = (exit: AgentExit | undefined) => {
  const { reason, ...end } = outcomeOf('running', exit ?? { kind: 'ended-by-us' });
  return { ...end, statusReason: reason };
};

type Played = Awaited<ReturnType<typeof playToEnd>>;

const filesOf = async ({ executor }: Played): Promise<{ path: string; contents: FileContents | null }[]> => {
  const changes = await executor.files.changes(sessionId);
  return Promise.all(
    changes.map(async ({ path, status }) => {
      if (status === 'deleted') return { path, contents: null };
      const { content, encoding } = await executor.files.content(sessionId, path);
      return { path, contents: encoding === 'base64' ? { base64: content } : content };
    }),
  );
};

const record = async (played: Played, withFiles = true) => {
  const session = { id: sessionId, prompt: 'Do it', ...endOf(played.exit) };
  const files = withFiles ? await filesOf(played) : [];
  return recordScenario(session, eventsOf(played.events), { files });
};
const replay = (scenario: object, played: Played, speed?: number) =>
  playToEnd(scenario, { speed, idleTimeoutMs: played.run.idleTimeoutMs });

const expectSame = (one: readonly EventBody[], other: readonly EventBody[]) => {
  if (!isSame(one, other)) expect(one).toEqual(other);
};
const entriesOf = (scenario: object) =>
  parseScenario(scenario, '').timeline.flatMap((entry) => Object.keys(entry));

describe.each(Object.keys(builtInScenarios))('a recording of %s', (name) => {
  it('replays to the same events, at any speed', async () => {
    const played = await playToEnd(name);
    const { scenario, remarks } = await record(played);
    expect(remarks).toEqual([]);
    for (const speed of [1, 0, 0.3]) {
      const again = await replay(scenario, played, speed);
      expectSame(again.bodies, played.bodies);
      expect(again.exit).toEqual(played.exit);
    }
  });

  it('leaves the same files', async () => {
    const played = await playToEnd(name);
    const again = await replay((await record(played)).scenario, played);
    for (const { path, contents } of await filesOf(played)) {
      const found = await again.executor.files.content(sessionId, path).catch(() => null);
      const text = found?.encoding === 'base64' ? { base64: found.content } : (found?.content ?? null);
      expect(text, path).toEqual(contents);
    }
  });

  it('of what was played at once, and of a recording, is as good', async () => {
    const played = await playToEnd(name, { speed: 0 });
    const first = await record(played);
    const again = await replay(first.scenario, played);
    expectSame(again.bodies, played.bodies);
    const second = await replay((await record(again)).scenario, played, 0);
    expectSame(second.bodies, played.bodies);
  });
});

/** Records what is said at the times given, and plays the recording. */
const roundTrip = async (
  said: readonly { readonly afterMs: number; readonly body: EventBody }[],
  session: object = { status: 'completed' },
  speed = 1,
) => {
  let at = Date.parse('2026-03-04T05:06:07.000Z');
  const events = said.map(({ afterMs, body }) => {
    at += afterMs;
    return { at, body };
  });
  const full = { id: sessionId, prompt: 'Do it', status: 'completed', ...session } as const;
  const { scenario, remarks } = recordScenario(full, eventsOf(events));
  const again = await playToEnd(JSON.parse(JSON.stringify(scenario)), { speed });
  return { scenario, remarks, again, bodies: events.map(({ body }) => body) };
};
const inOrder = (...bodies: readonly EventBody[]) => bodies.map((body) => ({ afterMs: 10, body }));

describe('a session of a real agent', () => {
  const use = (id: string, name = 'Edit'): EventBody => ({
    type: 'tool_use',
    tool_name: name,
    tool_args: { file_path: '/repository/a.ts' },
    tool_execution_id: id,
    status: 'started',
  });
  const result = (id: string, more: object = {}, name = 'Edit'): EventBody => ({
    type: 'tool_result',
    tool_name: name,
    tool_output: 'ok',
    tool_execution_id: id,
    status: 'completed',
    ...more,
  });
  const edit = (
    id: string | undefined,
    path = 'a.ts',
    lines: readonly [number, number] = [1, 0],
  ): EventBody[] => {
    const tool = id === undefined ? {} : { tool_execution_id: id };
    return [
      { type: 'file_edit', file_path: path, lines_added: lines[0], lines_removed: lines[1], ...tool },
      { type: 'diff', path, oldText: lines[1] === 0 ? null : 'old\n', newText: 'new\n', ...tool },
    ];
  };

  it('with everything in it replays to the same events', async () => {
    const bodies: EventBody[] = [
      { type: 'log', level: 'info', message: 'a piece', stream: 'stdout', continued: true },
      { type: 'log', level: 'info', message: ' and the rest', stream: 'stdout' },
      { type: 'log', level: 'error', message: 'warning: old', stream: 'stderr' },
      { type: 'thought', thought: 'hm', reasoning: 'because' },
      { type: 'thought', thought: 'well' },
      { type: 'message', role: 'user', content: 'from the history' },
      { type: 'message', role: 'assistant', content: 'I see' },
      { type: 'plan', entries: [{ content: 'a', priority: 'high', status: 'pending' }] },
      use('toolu_1'),
      result('toolu_1', { truncated: true, tool_output: 'head … tail' }),
      ...edit('toolu_1'),
      ...edit(undefined, 'b.ts', [1, 1]),
      { type: 'usage', input_tokens: 5, output_tokens: 6, cost_micro_usd: 7, model: 'm' },
      use('toolu_2', 'Bash'),
      { type: 'user_input', author: 'ada', content: 'hurry' },
      { type: 'log', level: 'info', message: 'working', tool_execution_id: 'toolu_2' },
      result('toolu_2', { status: 'failed', tool_output: 'exit 1' }, 'Bash'),
      use('toolu_3'),
      use('toolu_4', 'Bash'),
      result('toolu_4', {}, 'Bash'),
      result('toolu_3'),
      { type: 'file_edit', file_path: 'long.txt', lines_added: 3_000, lines_removed: 0 },
      {
        type: 'diff',
        path: 'long.txt',
        oldText: null,
        newText: 'row\n',
        truncated: true,
        fullDiffUrl: `/api/v1/sessions/${sessionId}/diff/long.txt`,
      },
      { type: 'file_edit', file_path: 'pixel.gif', lines_added: 0, lines_removed: 0 },
      { type: 'diff', path: 'pixel.gif', oldText: null, newText: null, binary: true },
    ];
    const { scenario, again } = await roundTrip(inOrder(...bodies));
    expectSame(again.bodies, bodies);
    expect(entriesOf(scenario)).toEqual(
      expect.arrayContaining(['agentToolUse', 'agentEdits', 'llmResponse']),
    );
    expect(entriesOf(scenario).filter((name) => name === 'agentToolUse')).toHaveLength(3);
  });

  it.each([
    ['answered', 'allowed', 'yes', { by: 'ada', note: 'fine' }],
    ['answered', 'denied', 'no', { by: 'ada' }],
    ['answered', 'cancelled', undefined, { by: 'ada' }],
    ['expired', 'denied', 'no', {}],
    ['expired', 'cancelled', undefined, {}],
  ] as const)('with a request that is %s, %s', async (state, outcome, optionId, more) => {
    const about = {
      type: 'approval',
      approvalId: 'approval-1',
      title: 'Remove all',
      tool_name: 'Bash',
    } as const;
    const tool = { tool_execution_id: 'toolu_1' };
    const bodies: EventBody[] = [
      use('toolu_1', 'Bash'),
      {
        ...about,
        ...tool,
        state: 'requested',
        paths: ['src', '/etc/hosts'],
        options: [
          { optionId: 'yes', name: 'Yes', kind: 'allow_once' },
          { optionId: 'no', name: 'No', kind: 'reject_once' },
        ],
        expiresAt: '2026-03-04T06:06:07.000Z',
        onExpiry: 'deny',
      },
      { type: 'user_input', author: 'user', content: 'wait' },
      { ...about, ...tool, state, outcome, ...(optionId === undefined ? {} : { optionId }), ...more },
      result('toolu_1', { status: 'failed', tool_output: 'The user said no.' }, 'Bash'),
      { type: 'message', role: 'assistant', content: 'So be it.' },
    ];
    const { again, scenario } = await roundTrip(inOrder(...bodies));
    expectSame(again.bodies, bodies);
    expect(entriesOf(scenario).includes('agentPermissionRequest')).toBe(
      !(state === 'expired' && outcome === 'cancelled'),
    );
  });

  it('leaves out what the server states, and the time that was paused', async () => {
    const said = [
      { afterMs: 0, body: { type: 'status', status: 'queued' } },
      { afterMs: 10, body: { type: 'status', status: 'provisioning' } },
      { afterMs: 1_000, body: { type: 'status', status: 'running' } },
      { afterMs: 100, body: { type: 'thought', thought: 'a' } },
      { afterMs: 10, body: { type: 'status', status: 'pausing' } },
      { afterMs: 10, body: { type: 'status', status: 'paused' } },
      { afterMs: 60_000, body: { type: 'status', status: 'resuming' } },
      { afterMs: 0, body: { type: 'status', status: 'running' } },
      { afterMs: 80, body: { type: 'thought', thought: 'b' } },
      { afterMs: 5, body: { type: 'delivery', mode: 'branch', state: 'delivered', branch: 'work' } },
      { afterMs: 5, body: { type: 'status', status: 'completed' } },
    ] as const;
    const { again } = await roundTrip(said);
    expect(again.events.map(({ at, body }) => [at - again.begun, body])).toEqual([
      [100, { type: 'thought', thought: 'a' }],
      [200, { type: 'thought', thought: 'b' }],
    ]);
  });

  it('that talked is a scenario of turns', async () => {
    const status = (reason?: string): EventBody => ({
      type: 'status',
      status: 'running',
      ...(reason === undefined ? {} : { reason }),
    });
    const said = inOrder(
      status(),
      { type: 'message', role: 'assistant', content: 'one' },
      status('idle'),
      { type: 'user_input', author: 'ada', content: 'two?' },
      status(),
      { type: 'message', role: 'assistant', content: 'two' },
      status('idle'),
      { type: 'log', level: 'info', message: 'late', stream: 'stdout' },
      { type: 'user_input', author: 'user', content: 'three?' },
      status(),
      { type: 'message', role: 'assistant', content: 'three' },
      status('idle'),
    );
    const { again, scenario, bodies } = await roundTrip(said);
    expectSame(again.bodies, bodies.slice(1, -1));
    expect(scenario.timeline).toContainEqual({
      userInputs: [{ relativeTime: 30, input: 'two?', 'x-author': 'ada' }],
    });
  });

  it.each([
    [
      { status: 'failed', statusReason: 'The agent was ended by SIGKILL.' },
      { kind: 'signalled', signal: 'SIGKILL' },
    ],
    [
      { status: 'failed', exitCode: 2, statusReason: 'The agent exited with code 2. Its last output: a\nb' },
      { kind: 'exited', code: 2, lastOutput: 'a\nb' },
    ],
    [
      { status: 'failed', statusReason: 'The repository is gone.' },
      { kind: 'lost', reason: 'The repository is gone.' },
    ],
    [
      { status: 'completed', exitCode: 0 },
      { kind: 'exited', code: 0 },
    ],
    [{ status: 'stopped' }, { kind: 'ended-by-us' }],
    [{ status: 'running' }, { kind: 'turn-ended', stopReason: 'end_turn' }],
  ])('that is %j ends so', async (session, exit) => {
    const bodies: EventBody[] = [
      { type: 'log', level: 'error', message: 'a\nb', stream: 'stderr', continued: true },
    ];
    const { again, remarks } = await roundTrip(inOrder(...bodies), session);
    expectSame(again.bodies, bodies);
    expect(again.exit).toEqual(exit);
    expect(remarks).toHaveLength(session.status === 'stopped' || session.status === 'running' ? 1 : 0);
  });

  it('of several days is shortened to one', async () => {
    const day = 86_400_000;
    const said = [0, 1, 2].flatMap((each) => [
      { afterMs: day, body: { type: 'thought', thought: `day ${each}` } as const },
      { afterMs: 0, body: { type: 'user_input', author: 'user', content: 'on' } as const },
    ]);
    const { again, bodies, remarks } = await roundTrip(said);
    expectSame(again.bodies, bodies);
    expect(remarks).toEqual([expect.stringContaining('a day at most')]);
  });

  it('says which events of a newer server it left out', () => {
    const place = { seq: 1, ts: '2026-03-04T05:06:07.000Z', sessionId };
    const events = [
      { ...place, type: 'hologram' },
      { ...place, type: 'hologram' },
    ];
    const session = { id: sessionId, prompt: 'x', status: 'completed' } as const;
    expect(recordScenario(session, events).remarks).toEqual([
      expect.stringContaining('2 events of the type hologram'),
    ]);
  });
});

const text = fc.string({ maxLength: 12 });
const id = fc.constantFrom('t1', 't2', 't3');
const path = fc.constantFrom('a.txt', 'b/c.txt');
const options = [
  { optionId: 'y', name: 'Yes', kind: 'allow_once' as const },
  { optionId: 'n', name: 'No', kind: 'reject_always' as const },
];
const tool = fc.option(
  id.map((tool_execution_id) => ({ tool_execution_id })),
  { nil: {} },
);
const anyBody: fc.Arbitrary<EventBody> = fc.oneof(
  fc.record({ type: fc.constant('thought' as const), thought: text }),
  fc.record({
    type: fc.constant('message' as const),
    role: fc.constantFrom('user', 'assistant'),
    content: text,
  }),
  fc.record({
    type: fc.constant('user_input' as const),
    author: fc.constantFrom('user', 'ada'),
    content: text,
  }),
  fc
    .tuple(
      fc.constantFrom('debug', 'info', 'warn', 'error'),
      text,
      fc.constantFrom('stdout', 'stderr', undefined),
      tool,
    )
    .map(([level, message, stream, more]) => ({
      type: 'log' as const,
      level,
      message,
      ...(stream === undefined ? {} : { stream }),
      ...more,
    })),
  id.map((tool_execution_id) => ({
    type: 'tool_use' as const,
    tool_name: tool_execution_id === 't1' ? 'editFile' : tool_execution_id === 't2' ? 'readFile' : 'Bash',
    tool_args: tool_execution_id === 't3' ? {} : { path: 'a.txt' },
    tool_execution_id,
    status: 'started' as const,
  })),
  fc.tuple(id, text, fc.boolean()).map(([tool_execution_id, tool_output, failed]) => ({
    type: 'tool_result' as const,
    tool_name: tool_execution_id === 't1' ? 'editFile' : tool_execution_id === 't2' ? 'readFile' : 'Bash',
    tool_output,
    tool_execution_id,
    status: failed ? ('failed' as const) : ('completed' as const),
  })),
  fc.tuple(path, fc.nat(2), tool).map(([file_path, lines, more]) => ({
    type: 'file_edit' as const,
    file_path,
    lines_added: lines,
    lines_removed: 0,
    ...more,
  })),
  fc.tuple(path, fc.option(text), fc.option(text), tool).map(([each, oldText, newText, more]) => ({
    type: 'diff' as const,
    path: each,
    oldText,
    newText,
    ...more,
  })),
  fc.constant({ type: 'status' as const, status: 'running' as const, reason: 'idle' }),
  fc.constant({ type: 'status' as const, status: 'running' as const }),
  fc
    .tuple(
      fc.constantFrom('a1', 'a2'),
      fc.constantFrom('requested', 'answered', 'expired'),
      fc.boolean(),
      tool,
    )
    .map(([approvalId, state, yes, more]): EventBody => {
      const about = { type: 'approval' as const, approvalId, title: 'T', tool_name: 'Bash', ...more };
      return state === 'requested'
        ? { ...about, state, options, expiresAt: '2026-03-04T06:06:07.000Z', onExpiry: 'deny' as const }
        : {
            ...about,
            state: state === 'expired' ? ('expired' as const) : ('answered' as const),
            outcome: yes ? ('allowed' as const) : ('denied' as const),
            optionId: yes ? 'y' : 'n',
            ...(state === 'answered' ? { by: 'ada' } : {}),
          };
    }),
);

const reads: EventBody = {
  type: 'tool_use',
  tool_name: 'readFile',
  tool_args: { path: 'a.txt' },
  tool_execution_id: 't2',
  status: 'started',
};
const hasRead: EventBody = {
  type: 'tool_result',
  tool_name: 'readFile',
  tool_output: '',
  tool_execution_id: 't2',
  status: 'completed',
};
const spoken = { afterMs: 0, body: { type: 'user_input', author: 'user', content: '' } satisfies EventBody };

it('replays any events at all, at any speed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc
        .array(fc.record({ afterMs: fc.nat(20), body: anyBody }), { maxLength: 25 })
        .map((said) => said.filter((_, index) => !isRepeated(said, index))),
      fc.constantFrom(1, 0, 0.37),
      async (said, speed) => {
        const { again, bodies } = await roundTrip(said, { status: 'cancelled' }, speed);
        expectSame(
          again.bodies,
          bodies.filter((_, index) => isTold(bodies, index)),
        );
      },
    ),
    {
      numRuns: 300,
      examples: [
        [[{ afterMs: 0, body: reads }, { afterMs: 1, body: hasRead }, spoken], 1],
        [[{ afterMs: 0, body: reads }, spoken, { afterMs: 0, body: hasRead }], 1],
      ],
    },
  );
}, 60_000);

/** Whether a tool starts, or a request for leave is made or settled, a second time: ids are given once. */
const isRepeated = (said: readonly { readonly body: EventBody }[], index: number): boolean => {
  const body = said[index]?.body;
  if (body?.type === 'tool_use') {
    const { tool_execution_id: id } = body;
    return said
      .slice(0, index)
      .some(({ body: before }) => before.type === 'tool_use' && before.tool_execution_id === id);
  }
  if (body?.type !== 'approval') return false;
  return said.slice(0, index).some(({ body: before }) => {
    if (before.type !== 'approval' || before.approvalId !== body.approvalId) return false;
    return body.state === 'requested' || before.state !== 'requested';
  });
};

/** Of what says whether the agent is idle only what is news counts. */
const isTold = (bodies: readonly EventBody[], index: number): boolean => {
  const body = bodies[index];
  if (body?.type !== 'status') return true;
  const before = bodies.slice(0, index).findLast(({ type }) => type === 'status');
  return (body.reason === 'idle') !== (before?.type === 'status' && before.reason === 'idle');
};
