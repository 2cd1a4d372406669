import { Problem } from '@agent-harbor/core';
import { describe, expect, it } from 'vitest';
import { loadScenario } from './load-scenario.ts';
import { parseScenario } from './parse-scenario.ts';

const refusal = (text: string): Problem => {
  try {
    loadScenario(text, 'demo.yaml');
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('It was accepted.');
};

describe('a scenario file that is wrong', () => {
  it.each([
    ['text that is no YAML', 'name: x\ntimeline:\n  - {log: [a\n', 'yaml', /^demo\.yaml:\d+:\d+: yaml: /],
    ['a tab for indentation', 'name: x\ntimeline:\n\t- log: a\n', 'yaml', /^demo\.yaml:3:1: /],
    ['the same key twice', 'name: x\nname: y\ntimeline: []\n', 'yaml', /^demo\.yaml:2:1: .*unique/],
    ['nothing', '', 'scenario', /^demo\.yaml:1:1: /],
    ['a list', '- log: x\n', 'scenario', /^demo\.yaml:1:1: .*object/],
    ['no timeline', '# a comment\nname: x\n', 'timeline', /^demo\.yaml:2:1: timeline: is required/],
    [
      'an unknown member',
      'name: x\ntimeline: []\nretries: 3\n',
      'retries',
      /^demo\.yaml:3:1: retries: is not/,
    ],
    [
      'an unknown entry',
      'name: x\ntimeline:\n  - log: fine\n  - thnk: []\n',
      'timeline.1.thnk',
      /^demo\.yaml:4:5: timeline\.1\.thnk: is not a member/,
    ],
    [
      'an unknown member of a tool',
      'name: x\ntimeline:\n  - agentToolUse:\n      toolName: a\n      argz: {}\n',
      'timeline.0.agentToolUse.argz',
      /^demo\.yaml:5:7: /,
    ],
    [
      'a value of the wrong kind',
      'name: x\ntimeline:\n  - baseTimeDelta: soon\n',
      'timeline.0.baseTimeDelta',
      /^demo\.yaml:3:20: .*number/,
    ],
    [
      'two entries in one',
      'name: x\ntimeline:\n  - log: a\n    complete: true\n',
      'timeline.0.complete',
      /^demo\.yaml:4:15: .*cannot stand beside log/,
    ],
    [
      'an entry without a name',
      'name: x\ntimeline:\n  - {}\n',
      'timeline.0',
      /^demo\.yaml:3:5: .*must have one of/,
    ],
    ['an entry that is a word', 'name: x\ntimeline:\n  - sessionStart\n', 'timeline.0', /^demo\.yaml:3:5: /],
    [
      'time that runs backwards',
      'name: x\ntimeline:\n  - llmResponse:\n      - think:\n          - [500, a]\n          - [300, b]\n',
      'timeline.0.llmResponse.0.think.1.relativeTime',
      /^demo\.yaml:6:14: .*is 300, before the 500/,
    ],
    [
      'a bad content block',
      'name: x\ntimeline:\n  - llmResponse:\n      - assistant:\n          - [1, { type: poem }]\n',
      'timeline.0.llmResponse.0.assistant.0.content.type',
      /^demo\.yaml:5:/,
    ],
    [
      'a path that leaves the workspace',
      'name: x\ntimeline:\n  - agentEdits: { path: a/../../b, delete: true }\n',
      'timeline.0.agentEdits.path',
      /^demo\.yaml:3:25: .*stays in the workspace/,
    ],
    [
      'two ways to edit',
      'name: x\ntimeline:\n  - agentEdits: { path: a, delete: true, contents: b }\n',
      'timeline.0.agentEdits.delete',
      /^demo\.yaml:3:/,
    ],
    [
      'half a replacement',
      'name: x\ntimeline:\n  - agentEdits: { path: a, oldText: b }\n',
      'timeline.0.agentEdits.oldText',
      /needs newText/,
    ],
    [
      'bytes that are no base64',
      'name: x\nrepo:\n  files:\n    - path: a\n      contents:\n        base64: "*"\ntimeline: []\n',
      'repo.files.0.contents.base64',
      /^demo\.yaml:6:17: .*must be base64/,
    ],
    [
      'rules that are none',
      'name: x\nrules: [{ wenn: $a, config: {} }]\ntimeline: []\n',
      'rules',
      /^demo\.yaml:2:1: .*only as a list/,
    ],
    [
      'an exit that is none',
      'name: x\ntimeline:\n  - error: { exitCode: 0 }\n',
      'timeline.0.error.exitCode',
      /3:24/,
    ],
    ['an alias of nothing', 'name: *who\ntimeline: []\n', 'name', /^demo\.yaml:1:7: .*called who/],
  ])('%s is refused with its place', (_, text, field, detail) => {
    const problem = refusal(text);
    expect(problem.code).toBe('invalid-request');
    expect(Object.keys(problem.errors ?? {})).toContain(field);
    expect(problem.detail).toMatch(detail);
  });

  it('names every mistake', () => {
    const { errors, detail } = refusal('nam: x\ntimeline:\n  - log: 3\n  - speak: x\n');
    expect(Object.keys(errors ?? {})).toEqual([
      'name',
      'timeline.0.log',
      'timeline.1.speak',
      'timeline.1',
      'nam',
    ]);
    expect(detail).toMatch(/\(and 4 more\)$/);
    expect(errors?.['timeline.0.log']?.[0]).toMatch(/^demo\.yaml:3:10: /);
  });

  it('finds the place behind an alias', () => {
    const text = 'name: x\nserver: {}\nacp: { a: &slow { baseTimeDelta: no } }\ntimeline:\n  - *slow\n';
    expect(refusal(text).detail).toMatch(/^demo\.yaml:3:/);
  });

  it('stays small when aliases multiply', () => {
    const lines = ['a: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 12; level++) {
      lines.push(
        `b${level}: &a${level} [${Array(9)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
      );
    }
    expect(refusal(`acp:\n  ${lines.join('\n  ')}\nname: x\ntimeline: []\n`).code).toBe('invalid-request');
  });
});

describe('a scenario file that is right', () => {
  it('may hold what other runners act on', () => {
    const scenario = loadScenario(
      `
name: everything
tags: [a]
terminalRef: configs/terminal/default.json
compat: { allowTypeSteps: true }
ah: { cmd: task, flags: ['--agent=mock'] }
server: { mode: none }
acp: { capabilities: { loadSession: true }, unstable: true }
expect: { exitCode: 0 }
timeline:
  - initialize: { protocolVersion: 1 }
    expectedResponse: { protocolVersion: 1 }
  - sessionStart: { sessionId: x }
    _meta: { any: thing }
  - userInputs: [[0, Hello]]
    target: tui
  - setMode: { modeId: ask }
  - setModel: { modelId: big }
  - agentPermissionRequest: { granted: true }
  - userEdits: { patch: a.patch }
  - userCommand: { cmd: ls }
  - userCancelSession: true
  - screenshot: label
  - assert: { fs: { exists: [a] } }
  - merge: true
  - advanceMs: 5
`,
      'everything.yaml',
    );
    expect(scenario.timeline).toHaveLength(13);
  });

  it('reads the short forms into the long ones', () => {
    const scenario = loadScenario(
      'name: x\ntimeline:\n  - llmResponse: [{ assistant: [[5, hi]] }]\n  - log: note\n  - error: no\n',
      'x.yaml',
    );
    expect(scenario.timeline).toEqual([
      { llmResponse: [{ assistant: [{ relativeTime: 5, content: { type: 'text', text: 'hi' } }] }] },
      { log: { level: 'info', message: 'note' } },
      { error: { message: 'no', exitCode: 1 } },
    ]);
  });
});

describe('an inline scenario', () => {
  it('is refused with the field below its root', () => {
    const parse = () =>
      parseScenario({ name: 'x', timeline: [{ log: 1 }], nmae: 1 }, 'agent.settings.scenario');
    expect(parse).toThrow(/agent\.settings\.scenario\.timeline\.0\.log: .*\(and 1 more\)/);
  });

  it.each([
    [{ 'x-modes': [{ id: 'a' }], timeline: [{ 'x-mode': 'b' }] }, /timeline\.0\.x-mode: is none of .*: a/],
    [{ timeline: [{ agentActions: [{ 'x-mode': 'b' }] }] }, /agentActions\.0\.x-mode: is none of .*: none/],
    [
      { timeline: [{ agentPermissionRequest: { 'x-whenDenied': [{ 'x-mode': 'b' }] } }] },
      /timeline\.0\.agentPermissionRequest\.x-whenDenied\.0\.x-mode: is none/,
    ],
    [{ 'x-models': [{ id: 'a' }, { id: 'a' }], timeline: [] }, /x-models\.1\.id: stands here a second time/],
    [{ 'x-modes': [], timeline: [] }, /x-modes: /],
    [
      { timeline: [{ 'x-flood': { count: 100_000, bytes: 1_000 } }] },
      /x-flood\.count: must not come to more/,
    ],
    [
      { timeline: Array(3).fill({ 'x-flood': { count: 30_000, bytes: 1_000 } }) },
      /timeline\.2\.x-flood: makes the floods of the scenario come to more/,
    ],
    [{ timeline: [{ 'x-lie': 'i-am-honest' }] }, /timeline\.0\.x-lie: .*unmade-edit/],
    [{ timeline: [{ 'x-hang': true }] }, /timeline\.0\.x-hang: .*until-cancelled/],
  ])('offers and misbehaves within bounds: %j', (members, words) => {
    expect(() => parseScenario({ name: 'x', ...members }, '')).toThrow(words);
  });

  it('is nothing else than an object', () => {
    for (const value of [null, 7, 'x', []])
      expect(() => parseScenario(value, 'it')).toThrow(/^invalid-request: it: /);
  });
});
