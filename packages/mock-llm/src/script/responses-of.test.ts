import { expect, test } from 'vitest';
import { scenario } from '../testing/scenarios.ts';
import { responsesOf } from './responses-of.ts';
import { scriptOf } from './script-of.ts';

const answers = (timeline: Parameters<typeof scenario>[0]['timeline'], hasPlans = false) =>
  scriptOf(scenario({ name: 'x', timeline })).turns.map((turn) =>
    responsesOf(turn, hasPlans).map(({ texts, uses }) => [
      texts.map(({ text }) => text).join('|'),
      uses.map(({ title }) => title).join('|'),
    ]),
  );
const says = (text: string) => ({ llmResponse: [{ assistant: [[10, text] as [number, string]] }] });
const lists = { listDir: { path: '.' } };
const plan = {
  agentPlan: { entries: [{ content: 'a', priority: 'low' as const, status: 'pending' as const }] },
};

test('a tool directly behind words is used with them, each further one is an answer of its own', () => {
  expect(answers([says('a'), lists, lists, says('b'), { complete: true }])).toEqual([
    [
      ['a', 'listDir'],
      ['', 'listDir'],
      ['b', ''],
    ],
  ]);
});

test('words that follow words are one answer, as an agent stops at one without a tool', () => {
  expect(answers([says('a'), says('b'), lists, says('c'), plan, says('d')])).toEqual([
    [
      ['a|b', 'listDir'],
      ['c|d', ''],
    ],
  ]);
});

test('a plan goes with the tool behind it, where the agent can show one', () => {
  expect(answers([plan, lists, plan, says('d')], true)).toEqual([
    [
      ['', 'todoWrite|listDir'],
      ['d', 'todoWrite'],
      ['Done.', ''],
    ],
  ]);
});

test('files read together are one answer, and an agent that used a tool is told when it is done', () => {
  const reads = { agentFileReads: { files: [{ path: 'a' }, { path: 'b' }] } };
  expect(answers([reads, { complete: true }])).toEqual([
    [
      ['', 'readFile|readFile'],
      ['Done.', ''],
    ],
  ]);
});

test('prompts behind the end of a turn begin the next one', () => {
  const again: { userInputs: [number, string][] } = { userInputs: [[0, 'again']] };
  expect(answers([says('a'), { complete: true }, again, says('b')])).toEqual([[['a', '']], [['b', '']]]);
});

test('what no model can do is told, and what agents and users do is passed over', () => {
  const remarks: string[] = [];
  const timeline = [
    { agentEdits: { path: 'a', linesAdded: 3 } },
    { log: 'x' },
    { userCommand: { cmd: 'ls' } },
  ];
  const { turns } = scriptOf(scenario({ name: 'x', timeline }), (what) => remarks.push(what));
  expect(turns).toEqual([{ prompt: undefined, items: [], stop: 'end' }]);
  expect(remarks).toEqual([expect.stringContaining('a without contents')]);
});
