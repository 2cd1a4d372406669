import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../format/scenario.ts';
import { loadScenario } from '../load/load-scenario.ts';
import { parseScenario } from '../load/parse-scenario.ts';
import { createPlayer } from './create-player.ts';
import { initialPromptOf } from './timeline.ts';

const scenario = (timeline: string): Scenario =>
  loadScenario(`name: x\ntimeline:\n${timeline.replace(/^\n/, '')}`, 'x.yaml');
/** Time and kind of every step, with the text where it has one. */
const story = (timeline: string, speed = 1) =>
  createPlayer(scenario(timeline), speed).map(({ atMs, action }) => {
    const text = 'text' in action ? action.text : 'message' in action ? action.message : undefined;
    return [atMs, text === undefined ? action.type : `${action.type} ${text}`];
  });

describe('time in a scenario', () => {
  it('counts items of a list from the start of the list, and lists from the end of the one before', () => {
    expect(
      story(`
  - llmResponse:
      - think: [[100, a], [300, b]]
      - assistant: [[50, c], [50, d]]
  - llmResponse:
      - think: [[10, e]]
`),
    ).toEqual([
      [100, 'think a'],
      [300, 'think b'],
      [350, 'say c'],
      [350, 'say d'],
      [360, 'think e'],
      [360, 'end'],
    ]);
  });

  it('adds up the progress of a tool, and takes its execution from the start of the tool', () => {
    expect(
      story(`
  - baseTimeDelta: 1000
  - agentToolUse:
      toolName: grep
      progress: [[100, p1], [100, p2]]
      toolExecution:
        startTimeMs: 50
        events:
          - { type: stdout, timeMs: 10, content: o1 }
          - { type: stderr, timeMs: 100, content: o2 }
          - { type: completion, timeMs: 400 }
  - log: next
`),
    ).toEqual([
      [1000, 'tool-start'],
      [1060, 'tool-output o1'],
      [1100, 'tool-progress p1'],
      [1150, 'tool-output o2'],
      [1200, 'tool-progress p2'],
      [1450, 'tool-end'],
      [1450, 'log next'],
      [1450, 'end'],
    ]);
  });

  it('lets users speak at their own times, beside everything else', () => {
    expect(
      story(`
  - userInputs: [[0, the prompt], [150, early], [300, late]]
  - llmResponse: [{ think: [[100, a], [200, b]] }]
  - userInputs: [[100, between]]
  - baseTimeDelta: 100
`),
    ).toEqual([
      [100, 'think a'],
      [100, 'user-input between'],
      [150, 'user-input early'],
      [200, 'think b'],
      [300, 'user-input late'],
      [300, 'end'],
    ]);
  });

  it('is scaled from the start, so that no rounding adds up', () => {
    const steps = story('  - llmResponse: [{ think: [[1, a], [2, b], [3, c], [4, d]] }]\n', 0.3);
    expect(steps.map(([atMs]) => atMs)).toEqual([0, 1, 1, 1, 1]);
    expect(story('  - baseTimeDelta: 500\n', 2)).toEqual([[1000, 'end']]);
    expect(story('  - baseTimeDelta: 500\n', 0)).toEqual([[0, 'end']]);
  });
});

describe('the end of a scenario', () => {
  it.each([
    ['nothing', '  - log: a\n', { kind: 'turn-ended', stopReason: 'end_turn' }],
    ['complete', '  - complete: true\n  - log: never\n', { kind: 'turn-ended', stopReason: 'end_turn' }],
    [
      'complete with a reason',
      '  - complete: { stopReason: refusal }\n',
      { kind: 'turn-ended', stopReason: 'refusal' },
    ],
    ['an error', '  - error: { exitCode: 7, message: m }\n', { kind: 'exited', code: 7, message: 'm' }],
    ['the status completed', '  - status: completed\n', { kind: 'turn-ended', stopReason: 'end_turn' }],
    ['the status failed', '  - status: failed\n', { kind: 'exited', code: 1, message: 'The agent failed.' }],
  ])('by %s', (_, timeline, end) => {
    const last = createPlayer(scenario(timeline), 1).at(-1);
    expect(last?.action).toEqual({ type: 'end', end });
  });

  it('is the last step: nothing behind it is played, also no user', () => {
    const steps = story(
      '  - userInputs: [[0, p], [900, never]]\n  - baseTimeDelta: 5\n  - complete: true\n  - log: no\n',
    );
    expect(steps).toEqual([[5, 'end']]);
  });

  it('is not reached by a status the server states, or by complete: false', () => {
    expect(story('  - status: running\n  - complete: false\n  - log: on\n')).toEqual([
      [0, 'log on'],
      [0, 'end'],
    ]);
  });
});

describe('tools', () => {
  const end = (members: string) => {
    const steps = createPlayer(scenario(`  - agentToolUse: { toolName: t, ${members} }\n`), 1);
    const action = steps.find((step) => step.action.type === 'tool-end')?.action;
    return action?.type === 'tool-end' ? [action.output, action.failed] : undefined;
  };

  it.each([
    ['result: fine', ['fine', false]],
    ['result: { a: [1] }', ['{"a":[1]}', false]],
    ['status: completed', ['', false]],
    ['result: x, status: error', ['x', true]],
    ['result: x, status: failed', ['x', false]],
    ['result: x, toolExecution: { events: [{ type: completion, exitCode: 2 }] }', ['x', true]],
    [
      'result: x, toolExecution: { events: [{ type: stdout, content: a }, { type: stderr, content: b }] }',
      ['a\nb\n', false],
    ],
  ])('%s', (members, expected) => {
    expect(end(members)).toEqual(expected);
  });

  it('are numbered across edits and reads', () => {
    const steps = createPlayer(
      scenario(`
  - agentToolUse: { toolName: t }
  - agentEdits: { path: a, linesAdded: 1 }
  - agentFileReads: { files: [{ path: a }, { path: ./b }] }
`),
      1,
    );
    expect(steps.map(({ action }) => ('call' in action ? action.call : 0))).toEqual([1, 1, 2, 3, 4, 0]);
  });
});

describe('the prompt of a scenario', () => {
  it('is the first input behind the start, else the first of all, else the old member', () => {
    const inputs = '  - userInputs: [[0, before]]\n  - sessionStart: {}\n  - userInputs: [[5, behind]]\n';
    expect(initialPromptOf(scenario(inputs))).toBe('behind');
    expect(initialPromptOf(scenario('  - userInputs: [[0, only]]\n  - sessionStart: {}\n'))).toBe('only');
    expect(initialPromptOf(parseScenario({ name: 'x', initialPrompt: 'old', timeline: [] }, ''))).toBe('old');
    expect(initialPromptOf(scenario('  - log: a\n'))).toBeUndefined();
    expect(
      initialPromptOf(
        scenario('  - userInputs: [{ relativeTime: 0, input: [one, { type: text, text: two }] }]\n'),
      ),
    ).toBe('one\n\ntwo');
  });
});

const offsets = fc
  .array(fc.nat({ max: 2000 }), { minLength: 1, maxLength: 5 })
  .map((times) => times.toSorted((one, other) => one - other).map((at) => [at, `at ${at}`]));
const entry = fc.oneof(
  offsets.map((think) => ({ llmResponse: [{ think }] })),
  offsets.map((assistant) => ({ llmResponse: [{ assistant }] })),
  fc.nat({ max: 5000 }).map((baseTimeDelta) => ({ baseTimeDelta })),
  fc.array(fc.tuple(fc.nat({ max: 900 }), fc.constant('p')), { maxLength: 4 }).map((progress) => ({
    agentToolUse: { toolName: 't', progress },
  })),
  fc
    .array(fc.tuple(fc.nat({ max: 20_000 }), fc.constant('u')), { minLength: 1, maxLength: 3 })
    .map((userInputs) => ({ userInputs })),
  fc.constant({ agentEdits: { path: 'a', linesAdded: 1 } }),
  fc.constant({ log: 'l' }),
);
const anyScenario = fc
  .array(entry, { maxLength: 12 })
  .map((timeline) => parseScenario({ name: 'x', timeline }, ''));
const anySpeed = fc.double({ min: 0, max: 100, noNaN: true });

describe('every scenario', () => {
  it('plays in order, never before its start, and ends with its only end', () => {
    fc.assert(
      fc.property(anyScenario, anySpeed, (any, speed) => {
        const steps = createPlayer(any, speed);
        const times = steps.map(({ atMs }) => atMs);
        expect(times).toEqual(times.toSorted((one, other) => one - other));
        expect(times.every((at) => Number.isInteger(at) && at >= 0)).toBe(true);
        expect(steps.map(({ action }) => action.type).indexOf('end')).toBe(steps.length - 1);
      }),
    );
  });

  it('does the same at every speed, at times that are multiplied', () => {
    fc.assert(
      fc.property(anyScenario, anySpeed, (any, speed) => {
        const [plain, scaled] = [createPlayer(any, 1), createPlayer(any, speed)];
        expect(scaled.map(({ action }) => action)).toEqual(plain.map(({ action }) => action));
        expect(scaled.map(({ atMs }) => atMs)).toEqual(plain.map(({ atMs }) => Math.round(atMs * speed)));
        expect(createPlayer(any, speed)).toEqual(scaled);
      }),
    );
  });

  it('is the same when it is read again', () => {
    fc.assert(
      fc.property(anyScenario, (any) => {
        expect(parseScenario(any, '')).toEqual(any);
      }),
    );
  });
});
