import { expect, test } from 'vitest';
import { compareContracts } from './compare.ts';
import { ContractReport, type FailOn, judge } from './judge.ts';
import { gets, integer, object, text } from './testing/documents.ts';

const diff = compareContracts(
  gets(object({ a: text, b: text, c: { type: 'string', title: 'c' } })),
  gets(object({ a: integer, c: text, d: text })),
);
const report = (failOn: FailOn, ...only: readonly (readonly string[] | undefined)[]) =>
  judge(diff, { failOn, acceptances: only.map((rules, index) => ({ by: `${index}`, only: rules })) });

test('counts what was found and says it as its schema does', () => {
  const judged = report('breaking');
  expect(judged).toMatchObject({ breaking: 2, additive: 1, neutral: 1, accepted: 0, passed: false });
  expect(ContractReport.parse(judged)).toEqual(judged);
});

test.each<[string, FailOn, readonly (readonly string[] | undefined)[], boolean]>([
  ['what breaks stops', 'breaking', [], false],
  ['nothing stops where nothing shall', 'none', [], true],
  ['who accepts all accepts what breaks', 'breaking', [undefined], true],
  ['but not what is added', 'additive', [undefined], false],
  ['unless that is named', 'additive', [undefined, ['member-added']], true],
  ['one rule is not the other', 'breaking', [['type-changed']], false],
  ['each rule may be named', 'breaking', [['type-changed'], ['member-removed']], true],
  [
    'as may each finding',
    'breaking',
    [['type-changed:response:Thing.a', 'member-removed:response:Thing.b']],
    true,
  ],
])('%s', (_what, failOn, only, passed) => {
  expect(report(failOn, ...only).passed).toBe(passed);
});

test('says who accepted what', () => {
  const { findings, accepted } = report('breaking', ['member-removed'], undefined);
  expect(accepted).toBe(2);
  expect(findings.map(({ rule, acceptedBy }) => [rule, acceptedBy])).toEqual([
    ['type-changed', '1'],
    ['member-removed', '0'],
    ['member-added', null],
    ['words-changed', null],
  ]);
});
