import {
  type Change,
  type NewEvent,
  type SessionRecord,
  type TaskRecord,
  timestamp,
} from '@agent-harbor/core';

export const sampleId = (number: number): string => `01${number.toString().padStart(24, '0')}`;

const shared = {
  prompt: 'Fix the login page',
  repo: { mode: 'none' },
  runtime: { type: 'local' },
  delivery: { mode: 'none' },
  labels: {},
  createdAt: timestamp(0),
} as const;

export const sampleSession = (number: number, members: Partial<SessionRecord> = {}): SessionRecord => ({
  ...shared,
  id: sampleId(number),
  taskId: sampleId(number),
  status: 'running',
  task: { prompt: shared.prompt, attachments: [], labels: {} },
  agent: { type: 'mock', version: 'latest', settings: {} },
  workspace: { id: `ws-${number}`, mountPath: null, executorId: null, state: 'pending' },
  changes: { files_changed: 0, lines_added: 0, lines_removed: 0 },
  updatedAt: timestamp(0),
  ...members,
});

/** Creates a session with a task of its own. */
export const created = (number: number, members: Partial<SessionRecord> = {}): readonly Change[] => {
  const task: TaskRecord = {
    ...shared,
    id: sampleId(number),
    request: { prompt: shared.prompt, repo: shared.repo, agents: [{ type: 'mock' }] },
  };
  return [
    { kind: 'task-created', task },
    { kind: 'session-created', session: sampleSession(number, members) },
  ];
};

export const logged = (message: string): NewEvent => ({
  at: 1,
  body: { type: 'log', level: 'info', message },
});

export const appended = (number: number, ...messages: readonly string[]): Change => ({
  kind: 'events-appended',
  sessionId: sampleId(number),
  events: messages.map(logged),
});

/** Reads everything, oldest first. */
export const everything = {
  scope: { tenantId: null },
  order: 'asc',
  limit: 1_000_000,
  maxBytes: Number.MAX_SAFE_INTEGER,
} as const;
