import { expect, test } from 'vitest';
import { select } from './select.ts';

const run = async () => undefined;
const checks = [
  { topic: 'lists', name: 'pages and cursors (all)', promises: '', run },
  { topic: 'lists', name: 'filters', promises: '', run },
  { topic: 'streams', name: 'a cursor frame', promises: '', run },
];
const chosen = (only: string[], skip: string[] = []) =>
  select(checks, { only, skip }).map(({ name }) => name);

test.each([
  [[], [], ['pages and cursors (all)', 'filters', 'a cursor frame']],
  [['CURSOR'], [], ['pages and cursors (all)', 'a cursor frame']],
  [['lists:', 'frame'], ['filters'], ['pages and cursors (all)', 'a cursor frame']],
  [['lists*cursor'], [], ['pages and cursors (all)']],
  [['(all)'], [], ['pages and cursors (all)']],
])('only %j, skip %j', (only, skip, names) => {
  expect(chosen(only, skip)).toEqual(names);
});

test('a pattern that fits nothing is refused', () => {
  expect(() => chosen(['.*'])).toThrow('cannot be understood');
  expect(() => chosen([], ['nothing like it'])).toThrow('cannot be understood');
  expect(() => chosen([''])).toThrow('cannot be understood');
});
