import { defaultApprovals, type NewEvent } from '@agent-harbor/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { begin, journalOf, open, playToEnd, runOf, sessionId } from '../testing/play.ts';

const inline = (timeline: readonly object[]) => ({ name: 'inline', timeline });
const say = (text: string, at = 0) => ({ llmResponse: [{ assistant: [[at, text]] }] });
const asked = { userInputs: [[0, 'the prompt']] };
const start = async (timeline: readonly object[], members: Parameters<typeof runOf>[1] = {}, speed = 1) => {
  const { clock, executor } = open({ speed });
  const begun = clock.now();
  await begin(executor, runOf(inline(timeline), members));
  const story = async () => {
    const { events, exit } = await journalOf(executor);
    return [
      ...events.map((event) => [event.at - begun, wordOf(event)]),
      ...(exit === undefined ? [] : [exit.kind]),
    ];
  };
  return { clock, executor, story };
};
const wordOf = ({ body }: NewEvent): string => {
  switch (body.type) {
    case 'message':
    case 'user_input':
      return `${body.type === 'message' ? '' : `${body.author}: `}${body.content}`;
    case 'approval':
      return `${body.state} ${body.outcome ?? ''}${body.by === undefined ? '' : ` by ${body.by}`}`.trim();
    case 'status':
      return body.reason ?? body.status;
    case 'tool_result':
      return `${body.tool_name} ${body.status}`;
    case 'log':
      return body.message;
    default:
      return body.type;
  }
};

describe('a session that is paused', () => {
  const timeline = [asked, say('a', 100), { userInputs: [[150, 'b']] }, say('c', 100)];

  it('stands still, its users too, and goes on where it stood', async () => {
    const { clock, executor, story } = await start(timeline);
    await clock.advance(120);
    await executor.pause(sessionId);
    await executor.pause(sessionId);
    expect(clock.waiting).toBe(0);
    await clock.advance(10_000);
    expect(await story()).toEqual([[100, 'a']]);
    await executor.resume(sessionId);
    await executor.resume(sessionId);
    await clock.advance(1_000);
    expect(await story()).toEqual([[100, 'a'], [10_150, 'user: b'], [10_200, 'c'], 'turn-ended']);
  });

  it.each(['stop', 'kill'] as const)('can be ended: %s', async (how) => {
    const { clock, executor, story } = await start([
      { agentToolUse: { toolName: 'make', progress: [[5_000, 'still']] } },
    ]);
    await clock.advance(10);
    await executor.pause(sessionId);
    await (how === 'stop' ? executor.stop(sessionId, 10_000) : executor.kill(sessionId));
    expect((await story()).slice(1)).toEqual([[10, 'make failed'], 'ended-by-us']);
    expect(clock.waiting).toBe(0);
  });

  it('cannot be paused once it has ended, or before it began', async () => {
    const { executor } = await start([say('a')]);
    await expect(executor.pause(sessionId)).rejects.toMatchObject({ code: 'session-ended' });
    await expect(executor.resume('nobody')).rejects.toMatchObject({ code: 'wrong-state' });
    expect(await executor.describe()).toMatchObject({ pause: 'simulated' });
  });

  it('says the same as one that is not, whenever and however often it is', async () => {
    const scenario = 'multi-turn-chat';
    const { bodies } = await playToEnd(scenario);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(900), fc.nat(5_000)), { maxLength: 8 }), async (pauses) => {
        const { clock, executor } = open();
        await begin(executor, runOf(scenario));
        let lengthMs = 0;
        for (const [afterMs, pauseMs] of pauses) {
          await clock.advance(afterMs);
          await executor.pause(sessionId).catch(() => {});
          const before = (await journalOf(executor)).events.length;
          await clock.advance(pauseMs);
          expect((await journalOf(executor)).events).toHaveLength(before);
          await executor.resume(sessionId).catch(() => {});
          lengthMs += pauseMs;
        }
        await clock.advance(60_000);
        const { events, exit } = await journalOf(executor);
        expect(events.map(({ body }) => body)).toEqual(bodies);
        expect(exit).toEqual({ kind: 'turn-ended', stopReason: 'end_turn' });
        const last = (events.at(-1)?.at ?? 0) - (events[0]?.at ?? 0);
        expect(last).toBeLessThanOrEqual(5_900 + lengthMs);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a prompt', () => {
  const prompt = (id: string, text: string) => ({ id, prompt: text, author: 'ada' });
  const turns = [
    say('one', 100),
    { complete: true },
    { userInputs: [[5_000, 'scripted']] },
    say('two', 100),
    { complete: true },
  ];

  it('waits while a turn runs, is answered by the next turn of the scenario, and then by a word that it has none', async () => {
    const { clock, executor, story } = await start(turns);
    await clock.advance(10);
    await executor.prompt(sessionId, prompt('1', 'first'));
    await executor.prompt(sessionId, prompt('1', 'first again'));
    await executor.prompt(sessionId, prompt('2', 'second'));
    await clock.advance(60_000);
    expect(await story()).toEqual([
      [10, 'ada: first'],
      [10, 'ada: second'],
      [100, 'one'],
      [200, 'two'],
      [200, expect.stringContaining('inline has no further turn')],
      'turn-ended',
    ]);
    await expect(executor.prompt(sessionId, prompt('3', 'late'))).rejects.toMatchObject({
      code: 'session-ended',
    });
  });

  it('takes the place of the scripted one while the session is idle', async () => {
    const { clock, executor, story } = await start(turns);
    await clock.advance(1_000);
    await executor.prompt(sessionId, prompt('1', 'now'));
    await clock.advance(60_000);
    expect(await story()).toEqual([
      [100, 'one'],
      [100, 'idle'],
      [1_000, 'ada: now'],
      [1_000, 'running'],
      [1_100, 'two'],
      'turn-ended',
    ]);
  });

  it('is taken while the session is paused, and answered when it goes on', async () => {
    const { clock, executor, story } = await start([say('one', 100)], { idleTimeoutMs: 60_000 });
    await clock.advance(200);
    await executor.pause(sessionId);
    await executor.prompt(sessionId, prompt('1', 'a'));
    await executor.prompt(sessionId, prompt('2', 'b'));
    await clock.advance(120_000);
    expect((await story()).slice(1)).toEqual([
      [100, 'idle'],
      [200, 'ada: a'],
      [200, 'ada: b'],
    ]);
    await executor.resume(sessionId);
    await clock.advance(0);
    expect((await story()).slice(4)).toEqual([
      [120_200, 'running'],
      [120_200, expect.stringContaining('no further turn')],
      [120_200, expect.stringContaining('no further turn')],
      [120_200, 'idle'],
    ]);
  });

  it('is waited for as long as the run says, and no longer', async () => {
    const { clock, executor, story } = await start([say('one')], { idleTimeoutMs: 1_000 });
    await clock.advance(600);
    await executor.pause(sessionId);
    await clock.advance(10_000);
    await executor.resume(sessionId);
    await clock.advance(399);
    expect(await story()).toEqual([
      [0, 'one'],
      [0, 'idle'],
    ]);
    await clock.advance(1);
    expect((await story()).at(-1)).toBe('turn-ended');
  });

  it('may be one that only a real user can send', async () => {
    const { clock, executor, story } = await start(
      [
        say('one'),
        { complete: true },
        { userInputs: [{ relativeTime: 0, input: 'x', 'x-waitForUser': true }] },
        say('two'),
        { complete: { stopReason: 'refusal' } },
      ],
      { idleTimeoutMs: 60_000 },
    );
    await clock.advance(30_000);
    await executor.prompt(sessionId, prompt('1', 'hello'));
    expect((await story()).slice(2)).toEqual([
      [30_000, 'ada: hello'],
      [30_000, 'running'],
      [30_000, 'two'],
      'turn-ended',
    ]);
    expect((await journalOf(executor)).exit).toEqual({ kind: 'turn-ended', stopReason: 'refusal' });
  });

  it('said by the script while a turn runs opens its own behind it', async () => {
    const { story } = await start([
      say('one', 1_000),
      { complete: true },
      {
        userInputs: [
          [400, 'two?'],
          [1_200, 'hurry'],
        ],
      },
      say('two', 500),
    ]).then(async (started) => {
      await started.clock.advance(10_000);
      return started;
    });
    expect(await story()).toEqual([
      [400, 'user: two?'],
      [1_000, 'one'],
      [1_200, 'user: hurry'],
      [1_500, 'two'],
      'turn-ended',
    ]);
  });
});

describe('a permission request', () => {
  const options = [
    { id: 'yes', label: 'Yes', kind: 'allow_once' },
    { id: 'always', label: 'Always', kind: 'allow_always' },
    { id: 'no', label: 'No', kind: 'reject_once' },
  ];
  const toolCall = {
    toolCallId: 'c1',
    title: 'Remove it',
    name: 'rm',
    kind: 'delete',
    locations: [{ path: './src/a.ts' }],
  };
  const asks = (members: object = {}) => ({ agentPermissionRequest: { toolCall, options, ...members } });
  const uses = { agentToolUse: { toolName: 'rm', toolCallId: 'c1', result: 'gone' } };
  const answer = (
    id: string,
    choice: { optionId: string } | { outcome: 'allowed' | 'denied' },
    approvalId = 'approval-1',
  ) => ({
    id,
    approvalId,
    choice,
    by: 'ada',
  });

  it('waits for a real answer; what users do does not', async () => {
    const { clock, executor, story } = await start([
      asked,
      asks(),
      uses,
      { userInputs: [[1_000, 'hello?']] },
      say('done', 100),
    ]);
    const { events } = await journalOf(executor);
    expect(events[0]?.body).toEqual({
      type: 'approval',
      approvalId: 'approval-1',
      state: 'requested',
      title: 'Remove it',
      tool_name: 'rm',
      tool_execution_id: 'c1',
      paths: ['src/a.ts'],
      options: [
        { optionId: 'yes', name: 'Yes', kind: 'allow_once' },
        { optionId: 'always', name: 'Always', kind: 'allow_always' },
        { optionId: 'no', name: 'No', kind: 'reject_once' },
      ],
      expiresAt: new Date(clock.now() + 600_000).toISOString(),
      onExpiry: 'deny',
    });
    await clock.advance(5_000);
    await executor.answer(sessionId, { ...answer('1', { optionId: 'always' }), note: 'fine' });
    await executor.answer(sessionId, answer('1', { optionId: 'always' }));
    await expect(executor.answer(sessionId, answer('2', { optionId: 'no' }))).rejects.toMatchObject({
      code: 'wrong-state',
    });
    await clock.advance(1_000);
    expect(await story()).toEqual([
      [0, 'requested'],
      [1_000, 'user: hello?'],
      [5_000, 'answered allowed by ada'],
      [5_000, 'tool_use'],
      [5_000, 'rm completed'],
      [5_100, 'done'],
      'turn-ended',
    ]);
    const [, , answered] = (await journalOf(executor)).events;
    expect(answered?.body).toMatchObject({ optionId: 'always', note: 'fine', tool_execution_id: 'c1' });
    expect(clock.waiting).toBe(0);
  });

  it.each([
    [{ optionId: 'no' }, 'denied', 'rm failed'],
    [{ outcome: 'denied' }, 'denied', 'rm failed'],
    [{ outcome: 'allowed' }, 'allowed', 'rm completed'],
  ] as const)('answered with %j lets its tool do so', async (choice, outcome, tool) => {
    const { clock, executor, story } = await start([asks(), uses]);
    await executor.answer(sessionId, answer('1', choice));
    await clock.advance(0);
    expect((await story()).slice(1)).toEqual([
      [0, `answered ${outcome} by ada`],
      [0, 'tool_use'],
      [0, tool],
      'turn-ended',
    ]);
  });

  it('refuses what was not asked and what was not offered', async () => {
    const { executor } = await start([
      { agentPermissionRequest: { options: [{ id: 'yes', label: 'Yes', kind: 'allow_once' }] } },
    ]);
    const refused = (choice: Parameters<typeof answer>[1], id = 'approval-1') =>
      expect(executor.answer(sessionId, answer('1', choice, id))).rejects;
    await refused({ optionId: 'yes' }, 'approval-2').toMatchObject({ code: 'approval-not-found' });
    await refused({ optionId: 'never' }).toMatchObject({ code: 'invalid-request' });
    await refused({ outcome: 'denied' }).toMatchObject({ code: 'invalid-request' });
    await executor.kill(sessionId);
    await refused({ optionId: 'yes' }).toMatchObject({ code: 'session-ended' });
    const { events } = await journalOf(executor);
    expect(events.at(-1)?.body).toMatchObject({
      state: 'expired',
      outcome: 'cancelled',
      title: 'The agent asks for leave',
    });
  });

  it('is answered by the script after its time, unless somebody comes first', async () => {
    const timeline = [asks({ granted: true, 'x-answerAfterMs': 2_000 }), say('then', 500)];
    const alone = await start(timeline);
    await alone.clock.advance(10_000);
    expect((await alone.story()).slice(1)).toEqual([
      [2_000, 'answered allowed by user'],
      [2_500, 'then'],
      'turn-ended',
    ]);
    const early = await start(timeline);
    await early.clock.advance(300);
    await early.executor.answer(sessionId, answer('1', { optionId: 'no' }));
    await early.clock.advance(10_000);
    expect((await early.story()).slice(1)).toEqual([
      [300, 'answered denied by ada'],
      [800, 'then'],
      'turn-ended',
    ]);
  });

  it('expires when nobody answers, by the policy or by the script', async () => {
    const policy = { ...defaultApprovals, expiresAfterSeconds: 5, onExpiry: 'allow' as const };
    const byPolicy = await start([asks(), uses], { approvals: policy }, 0.1);
    await byPolicy.clock.advance(60_000);
    expect((await byPolicy.story()).slice(1)).toEqual([
      [5_000, 'expired allowed'],
      [5_000, 'tool_use'],
      [5_000, 'rm completed'],
      'turn-ended',
    ]);
    const byScript = await start(
      [asks({ 'x-expiresAfterMs': 3_000, 'x-onExpiry': 'deny' }), uses],
      { approvals: policy },
      0.1,
    );
    await byScript.clock.advance(60_000);
    expect((await byScript.story()).slice(1)).toEqual([
      [300, 'expired denied'],
      [300, 'tool_use'],
      [300, 'rm failed'],
      'turn-ended',
    ]);
  });

  it.each([
    [{ tool: 'rm', decision: 'allow' }, 'allowed', 'yes'],
    [{ tool: 'delete', decision: 'deny' }, 'denied', 'no'],
    [{ path: 'src/**', decision: 'allow' }, 'allowed', 'yes'],
  ] as const)('is met by the policy at once where it has a rule: %j', async (rule, outcome, optionId) => {
    const { executor, story } = await start(
      [asks({ 'x-answerAfterMs': 9_000, granted: true }), say('then', 100)],
      {
        approvals: { ...defaultApprovals, rules: [rule] },
      },
    ).then(async (started) => {
      await started.clock.advance(100);
      return started;
    });
    expect(await story()).toEqual([[0, `answered ${outcome} by policy`], [100, 'then'], 'turn-ended']);
    const { events } = await journalOf(executor);
    expect(events[0]?.body).toMatchObject({
      optionId,
      paths: ['src/a.ts'],
      options: [{ optionId: 'yes' }, {}, {}],
    });
  });

  it('knows tool and path of a later use with its id', async () => {
    const { executor } = await start(
      [
        { agentPermissionRequest: { toolCall: { toolCallId: 'w' } } },
        {
          agentToolUse: { toolName: 'writeFile', toolCallId: 'w', args: { path: 'docs/a.md', content: 'x' } },
        },
      ],
      { approvals: { ...defaultApprovals, rules: [{ tool: 'write*', path: 'docs/*', decision: 'deny' }] } },
    );
    const { events } = await journalOf(executor);
    expect(events.map(wordOf)).toEqual(['answered denied by policy', 'tool_use', 'writeFile failed']);
    expect(events[0]?.body).toMatchObject({
      title: 'writeFile',
      tool_name: 'writeFile',
      paths: ['docs/a.md'],
    });
    expect(await executor.files.changes(sessionId)).toEqual([]);
  });

  it('goes on by what was said, and may end there', async () => {
    const timeline = [
      asks({
        'x-whenAllowed': [say('thanks', 100), { agentEdits: { path: 'a', contents: 'b' } }],
        'x-whenDenied': [say('pity', 50), { complete: { stopReason: 'refusal' } }],
      }),
      say('after', 10),
    ];
    const allowed = await start(timeline);
    await allowed.executor.answer(sessionId, answer('1', { outcome: 'allowed' }));
    await allowed.clock.advance(1_000);
    expect((await allowed.story()).slice(2)).toEqual([
      [100, 'thanks'],
      [100, 'tool_use'],
      [100, 'editFile completed'],
      [100, 'file_edit'],
      [100, 'diff'],
      [110, 'after'],
      'turn-ended',
    ]);
    const denied = await start(timeline);
    await denied.executor.answer(sessionId, answer('1', { outcome: 'denied' }));
    await denied.clock.advance(1_000);
    expect((await denied.story()).slice(2)).toEqual([[50, 'pity'], 'turn-ended']);
    expect((await journalOf(denied.executor)).exit).toMatchObject({ stopReason: 'refusal' });
  });

  it('is answered while the session is paused; the agent hears it when it goes on', async () => {
    const { clock, executor, story } = await start([asks(), say('heard')]);
    await executor.pause(sessionId);
    await clock.advance(1_000);
    await executor.answer(sessionId, answer('1', { outcome: 'allowed' }));
    await clock.advance(1_000);
    expect(await story()).toEqual([
      [0, 'requested'],
      [1_000, 'answered allowed by ada'],
    ]);
    await executor.resume(sessionId);
    await clock.advance(0);
    expect((await story()).slice(2)).toEqual([[2_000, 'heard'], 'turn-ended']);
  });

  it('leaves no timer behind when its executor is closed', async () => {
    const { clock, executor } = await start([asks()]);
    expect(clock.waiting).toBe(1);
    await executor.close();
    expect(clock.waiting).toBe(0);
  });

  it('is cancelled when the user cancels the session', async () => {
    const { clock, story } = await start([
      asks(),
      { userCancelSession: { relativeTime: 700 } },
      say('never'),
    ]);
    await clock.advance(1_000);
    expect((await story()).slice(1)).toEqual([[700, 'expired cancelled'], 'ended-by-us']);
  });
});

it('plays 20,000 events in far less than two seconds', async () => {
  const items = Array.from({ length: 20_000 }, (_, index) => [index, `word ${index}`]);
  const { clock, executor } = open();
  const started = performance.now();
  await begin(executor, runOf(inline([{ llmResponse: [{ assistant: items }] }])));
  for (let minute = 0; minute < 1_000; minute++) await clock.advance(60_000);
  const { events } = await journalOf(executor);
  expect(events).toHaveLength(20_000);
  expect(performance.now() - started).toBeLessThan(process.env.CI === undefined ? 8_000 : 20_000);
}, 30_000);
