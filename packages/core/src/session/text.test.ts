import { expect, test } from 'vitest';
import { timestamp } from '../clock.ts';
import type { StoredEvent } from '../store/store.ts';
import { presentSession } from './present.ts';
import type { SessionRecord } from './record.ts';
import { idIn, isArchived, pageText, presentText, textOf } from './text.ts';

const id = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const record = (members: Partial<SessionRecord> = {}): SessionRecord => ({
  // In another order than the schema's, as a record may come from anywhere.
  status: 'completed',
  id,
  taskId: id,
  prompt: 'Say "status":"running" and ,"runningReason":"x"}',
  task: { prompt: 'x', attachments: [], labels: {} },
  repo: { mode: 'none' },
  runtime: { type: 'local' },
  agent: { type: 'mock', version: 'latest', settings: {} },
  delivery: { mode: 'none' },
  labels: {},
  workspace: { id: 'w', mountPath: null, executorId: null, state: 'pending' },
  changes: { files_changed: 0, lines_added: 0, lines_removed: 0 },
  createdAt: timestamp(0),
  updatedAt: timestamp(0),
  ...members,
});

const event: StoredEvent = {
  sessionId: id,
  seq: 1,
  position: 1,
  type: 'log',
  level: 'info',
  at: 0,
  json: JSON.stringify({
    type: 'log',
    seq: 1,
    ts: timestamp(0),
    sessionId: id,
    level: 'info',
    message: 'said',
  }),
};

const settings = { archivedAt: 'x', runningReason: 'y', nested: { traceparent: 'z', runningReason: 'z' } };
const variants: readonly Partial<SessionRecord>[] = [
  {},
  { status: 'running' },
  { tenantId: 'of "quotes" \\ and\n lines', projectId: '{"id":"' },
  { runningReason: 'idle' },
  { runningReason: 'it said "}', traceparent: '00-a-b-01' },
  { traceparent: '00-a-b-01', status: 'running' },
  { agent: { type: 'mock', version: 'latest', settings } },
  { agent: { type: 'mock', version: 'latest', settings }, runningReason: 'idle', archivedAt: timestamp(1) },
  { agent: { type: 'mock', version: 'latest', settings: { terminal: true } }, status: 'running' },
  { agent: { type: 'mock', version: 'latest', settings: { terminal: { cols: 80, rows: 24 } } } },
  { agent: { type: 'mock', version: 'latest', settings: { terminal: false, x: { terminal: true } } } },
  { labels: { terminal: 'true' } },
  { labels: { runningReason: 'x' }, parentSessionId: id, exitCode: 0 },
  { id: 'not-an-ulid"' },
];

for (const members of variants) {
  test(`a session by its text is the session: ${JSON.stringify(members)}`, () => {
    const session = record(members);
    // What has no ULID never gets as far as a store; the text is told apart all the same.
    const text = members.id === undefined ? textOf(session) : JSON.stringify(session);
    if (members.id !== undefined) return expect(() => presentText(text, [])).toThrow();
    expect(JSON.parse(presentText(text, [event]))).toEqual(presentSession(session, [event]));
    expect(idIn(text)).toBe(id);
    expect(isArchived(text)).toBe(session.archivedAt !== undefined);
  });
}

test('a session links to its terminal where it has one', () => {
  const settings = { terminal: true };
  const session = record({ agent: { type: 'mock', version: 'latest', settings } });
  expect(presentSession(session, []).links.pty).toBe(`/api/v1/sessions/${id}/pty`);
  expect(presentSession(record(), []).links).not.toHaveProperty('pty');
});

test('a text in another order is read', () => {
  const text = JSON.stringify(record());
  expect(JSON.parse(presentText(text, []))).toEqual(presentSession(record(), []));
  expect(idIn(text)).toBe(id);
});

test('a page of texts is the page', () => {
  const pagination = { page: 1, perPage: 2, total: 2, totalPages: 1 };
  const rest = { total: 2, nextPage: null, nextCursor: null, pagination };
  for (const items of [[], ['{"a":1}', '{}']]) {
    expect(JSON.parse(pageText({ items, ...rest }))).toEqual({
      items: items.map((item) => JSON.parse(item)),
      ...rest,
    });
  }
});
