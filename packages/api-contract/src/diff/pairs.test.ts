import { describe, expect, test } from 'vitest';
import { compareContracts } from './compare.ts';
import { Finding } from './finding.ts';
import { rules } from './rules.ts';
import { pairs } from './testing/pairs/index.ts';

const all = Object.values(pairs).flat();

describe.each(Object.entries(pairs))('%s', (_family, table) => {
  test.each(table.map((entry) => [entry.name, entry] as const))('%s', (_name, { before, after, said }) => {
    const { findings } = compareContracts(before, after);
    expect(
      findings.map(({ class: weight, rule, direction, place }) => `${weight} ${rule} ${direction} ${place}`),
    ).toEqual(said);
  });
});

test('there are at least sixty of them, none twice', () => {
  expect(all.length).toBeGreaterThanOrEqual(60);
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
});

test('every rule is found by one of them, and no rule is there twice', () => {
  const ids = rules.map(({ id }) => id);
  const found = new Set(
    all.flatMap(({ before, after }) => compareContracts(before, after).findings).map(({ rule }) => rule),
  );
  expect([...found].sort()).toEqual([...ids].sort());
});

test.each(rules.map((rule) => [rule.id, rule] as const))('%s says why and what', (id, rule) => {
  expect(id).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
  expect(rule.what).toMatch(/^[a-z`].*[^.]$/);
  const verdicts = [rule.request, rule.response, rule.event].filter((verdict) => verdict !== undefined);
  expect(verdicts.length).toBeGreaterThan(0);
  for (const { why } of verdicts) expect(why).toMatch(/^[A-Z].*\.$/);
});

test('a document against itself is no change', () => {
  for (const { name, before, after } of all) {
    for (const document of [before, after]) {
      expect(compareContracts(document, structuredClone(document)).findings, name).toEqual([]);
    }
  }
});

test('what is found is what the schema of the report says', () => {
  for (const { before, after } of all) {
    for (const finding of compareContracts(before, after).findings) {
      expect(Finding.parse(finding)).toEqual(finding);
      expect(finding.id).toBe(`${finding.rule}:${finding.direction}:${finding.place}`);
    }
  }
});
