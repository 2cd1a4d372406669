import { expect, test } from 'vitest';
import { hears, nameOf, typesOf } from './event-name.ts';

const status = (is: string) =>
  ({ type: 'status', json: JSON.stringify({ type: 'status', status: is }) }) as const;
const log = { type: 'log', json: '{"type":"log"}' } as const;

test('a status is named by itself, everything else by its type', () => {
  expect(nameOf(status('completed'))).toBe('session.completed');
  expect(nameOf(log)).toBe('session.log');
});

test.each<[string[], boolean, boolean, boolean]>([
  [['session.*'], true, true, true],
  [['session.status'], true, true, false],
  [['session.completed'], true, false, false],
  [['session.log'], false, false, true],
  [['session.failed', 'session.log'], false, true, true],
])('%j hears of completed %s, failed %s, log %s', (names, completed, failed, logs) => {
  const events = [status('completed'), status('failed'), log];
  expect(events.map((event) => hears(names, event))).toEqual([completed, failed, logs]);
});

test.each([
  [['session.*'], undefined],
  [['session.status'], ['status']],
  [['session.completed', 'session.failed'], ['status']],
  [
    ['session.log', 'session.completed'],
    ['status', 'log'],
  ],
])('%j needs events of the types %j', (names, types) => {
  expect(typesOf(names)).toEqual(types);
});
