import type { Draft, EventBody, Page, Repository } from '@agent-harbor/api-contract/schemas';
import {
  type NewEvent,
  type PageRequest,
  type SessionRecord,
  type Store,
  type StoredEvent,
  type StoredReply,
  type TaskRecord,
  timestamp,
  wholeHost,
} from '@agent-harbor/core';
import type { Check } from '../check.ts';

/** What a check of the store suite gets: an empty store of its own. */
export interface StoreContext {
  readonly store: Store;
}

export type StoreCheck = Check<StoreContext>;

/** The time at which the samples happen, milliseconds. */
export const sampleTime = Date.UTC(2026, 2, 1, 12, 0, 0, 0);

/** A ULID by number. */
export const sampleId = (number: number): string => `01${number.toString().padStart(24, '0')}`;

export const sampleTask = (number: number, members: Partial<TaskRecord> = {}): TaskRecord => ({
  id: sampleId(number),
  prompt: 'Fix the login page',
  repo: { mode: 'none' },
  runtime: { type: 'local' },
  delivery: { mode: 'none' },
  labels: {},
  createdAt: timestamp(sampleTime),
  request: { prompt: 'Fix the login page', repo: { mode: 'none' }, agents: [{ type: 'mock' }] },
  ...members,
});

export const sampleSession = (number: number, members: Partial<SessionRecord> = {}): SessionRecord => ({
  id: sampleId(number),
  taskId: sampleId(number),
  status: 'queued',
  prompt: 'Fix the login page',
  task: { prompt: 'Fix the login page', attachments: [], labels: {} },
  repo: { mode: 'none' },
  runtime: { type: 'local' },
  agent: { type: 'mock', version: 'latest', settings: {} },
  delivery: { mode: 'none' },
  labels: {},
  workspace: { id: `ws-${number}`, mountPath: null, executorId: null, state: 'pending' },
  changes: { files_changed: 0, lines_added: 0, lines_removed: 0 },
  createdAt: timestamp(sampleTime + number),
  updatedAt: timestamp(sampleTime + number),
  ...members,
});

export const sampleDraft = (number: number, members: Partial<Draft> = {}): Draft => ({
  id: `draft-${sampleId(number)}`,
  prompt: 'Half a thought',
  agents: [],
  labels: {},
  createdAt: timestamp(sampleTime + number),
  updatedAt: timestamp(sampleTime + number),
  ...members,
});

export const sampleRepository = (number: number, members: Partial<Repository> = {}): Repository => ({
  id: `repo-${number}`,
  displayName: `repository ${number}`,
  scmProvider: 'git',
  remoteUrl: `https://git.example/${number}.git`,
  defaultBranch: null,
  lastUsedAt: timestamp(sampleTime + number),
  ...members,
});

export const sampleReply = (members: Partial<StoredReply> = {}): StoredReply => ({
  scope: 'caller tasks.create',
  key: 'key',
  fingerprint: 'f1',
  reply: '{"id":"1"}',
  storedAt: sampleTime,
  expiresAt: sampleTime + 1000,
  ...members,
});

/** A log event; `members` replace what does not matter to a check. */
export const logEvent = (
  message: string,
  members: Partial<EventBody & { type: 'log' }> = {},
  at = sampleTime,
): NewEvent => ({
  at,
  body: { type: 'log', level: 'info', message, ...members },
});

export const logEvents = (count: number): NewEvent[] =>
  Array.from({ length: count }, (_, index) => logEvent(`line ${index + 1}`));

/** Stores a session with a task of its own (or the one it names, when that exists). */
export const addSession = async (
  store: Store,
  number: number,
  members: Partial<SessionRecord> = {},
): Promise<SessionRecord> => {
  const session = sampleSession(number, members);
  const known = await store.task(wholeHost, session.taskId);
  const task = sampleTask(number, {
    id: session.taskId,
    ...(session.tenantId === undefined ? {} : { tenantId: session.tenantId }),
  });
  await store.commit([
    ...(known === undefined ? [{ kind: 'task-created', task } as const] : []),
    { kind: 'session-created', session },
  ]);
  return session;
};

export const append = (
  store: Store,
  sessionId: string,
  events: readonly NewEvent[],
): Promise<readonly StoredEvent[]> => store.commit([{ kind: 'events-appended', sessionId, events }]);

/** Everything in one page, oldest first. */
export const everything = {
  scope: wholeHost,
  order: 'asc',
  limit: 100_000,
  maxBytes: Number.MAX_SAFE_INTEGER,
} as const;

export const seqs = (events: readonly StoredEvent[]): number[] => events.map(({ seq }) => seq);

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** Every item of a list, page by page along `nextCursor`. */
export const walk = async <Item>(
  page: (request: PageRequest) => Promise<Page<Item>>,
  perPage: number,
): Promise<Item[]> => {
  const items: Item[] = [];
  for (let cursor: string | undefined; ; ) {
    const { items: more, nextCursor } = await page({ perPage, cursor });
    items.push(...more);
    if (nextCursor === null) return items;
    cursor = nextCursor;
  }
};

/** Text that breaks what treats it as anything else than text. */
export const hostileTexts: readonly string[] = [
  `'; DROP TABLE sessions; --`,
  '"quoted" `ticked` \\back\\slash',
  '%_*?[a-z]{}()^$|',
  'line\nfeed\r\ttab\u0001\u001f\u007f\u0085',
  '\u2028\u2029\ufeff\u200b\u202e',
  '𝒜 👩‍👩‍👧 e\u0301 ñ 日本語 עברית',
  '\ud800 alone \udc00',
  '__proto__',
  'constructor',
  'null',
  '',
  ' leading and trailing ',
  'NEAR(a b) AND "x" OR NOT y* col:z',
  'x'.repeat(1000),
];
