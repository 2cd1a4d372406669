import { expect, test } from 'vitest';
import { createFileClaims } from './file-claims.ts';

const edit = (file_path: string) =>
  ({ type: 'file_edit', file_path, lines_added: 1, lines_removed: 0 }) as const;
const diff = (path: string) => ({ type: 'diff', path, oldText: null, newText: '' }) as const;

const setUp = () => {
  const time = { now: 0 };
  const claims = createFileClaims('/w', { now: () => time.now, schedule: () => () => {} });
  return { claims, time };
};

test('a change gets the id of the tool that said it makes it', () => {
  const { claims } = setUp();
  claims.claim('/w/a/b.txt', 'one');
  claims.claim('c.txt', 'two');
  expect(claims.attribute(edit('a/b.txt'))).toEqual({ ...edit('a/b.txt'), tool_execution_id: 'one' });
  expect(claims.attribute(diff('a/b.txt'))).toEqual({ ...diff('a/b.txt'), tool_execution_id: 'one' });
  expect(claims.attribute(edit('c.txt'))).toEqual({ ...edit('c.txt'), tool_execution_id: 'two' });
  expect(claims.attribute(edit('other.txt'))).toEqual(edit('other.txt'));
  expect(claims.attribute({ type: 'thought', thought: 'x' })).toEqual({ type: 'thought', thought: 'x' });
});

test('a change long after the tool ended is not its work', () => {
  const { claims, time } = setUp();
  claims.claim('/w/a', 'one');
  time.now = 100_000;
  expect(claims.attribute(edit('a'))).toHaveProperty('tool_execution_id', 'one');
  claims.release('one');
  time.now += 3_000;
  expect(claims.attribute(edit('a'))).toHaveProperty('tool_execution_id', 'one');
  time.now += 1;
  expect(claims.attribute(edit('a'))).toEqual(edit('a'));
});

test('the last tool that claimed a file is its author', () => {
  const { claims } = setUp();
  claims.claim('/w/a', 'one');
  claims.claim('/w/a', 'two');
  claims.release('one');
  expect(claims.attribute(edit('a'))).toHaveProperty('tool_execution_id', 'two');
});
