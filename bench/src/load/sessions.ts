import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Change, createSeededIds, type SessionRecord, timestamp } from '@agent-harbor/core';
import { openSqliteStore } from '@agent-harbor/store';
import { multiplySessions } from './multiply-sessions.ts';
import { createdAt, sessionId } from './session-numbers.ts';
import type { Target } from './targets.ts';

/** Every thousandth one was stopped: few enough to be worth an index. */
const statusOf = (number: number) => (number % 1000 === 0 ? 'stopped' : 'completed');

const recordOf = (number: number): SessionRecord => ({
  id: sessionId(number),
  taskId: sessionId(number),
  status: statusOf(number),
  prompt: 'Fix the login page',
  task: { prompt: 'Fix the login page', attachments: [], labels: { team: 'web' } },
  repo: { mode: 'git', url: 'https://git.example/team/site.git', branch: 'main' },
  runtime: { type: 'local' },
  agent: { type: 'command', version: 'latest', settings: { command: ['my-agent', '{prompt}'] } },
  delivery: { mode: 'branch', targetBranch: `ah/fix-the-login-page-${number.toString().padStart(8, '0')}` },
  labels: { team: 'web' },
  workspace: {
    id: `ws-${sessionId(number)}`,
    mountPath: `/var/lib/agent-harbor/sessions/${sessionId(number)}/workspace`,
    executorId: 'executor-1',
    state: 'ready',
  },
  changes: { files_changed: 3, lines_added: 41, lines_removed: 7 },
  createdAt: timestamp(createdAt(number)),
  updatedAt: timestamp(createdAt(number)),
  completedAt: timestamp(createdAt(number)),
});

const changesOf = (number: number): Change[] => {
  const session = recordOf(number);
  const { taskId, prompt, repo, runtime, labels, delivery, createdAt } = session;
  const request = { prompt, repo, agents: [{ type: 'command' as const }] };
  return [
    {
      kind: 'task-created',
      task: { id: taskId, prompt, repo, runtime, labels, delivery, createdAt, request },
    },
    { kind: 'session-created', session },
  ];
};

/** So many are written one by one. */
const written = 1_000;

/** Fills the database of a state directory with so many ended sessions: by the store, and above 1,000 by copies. */
export const fillStore = async (stateDir: string, count: number): Promise<void> => {
  await writeSessions(stateDir, Math.min(count, written));
  if (count > written) multiplySessions(stateDir, written, count);
};

const writeSessions = async (stateDir: string, count: number): Promise<void> => {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const store = await openSqliteStore({ path: join(stateDir, 'harbor.db'), ids: createSeededIds('bench') });
  try {
    for (let from = 0; from < count; from += 200) {
      const numbers = Array.from({ length: Math.min(200, count - from) }, (_, index) => from + index);
      await Promise.all(numbers.map((number) => store.commit(changesOf(number))));
    }
  } finally {
    await store.close();
  }
};

/** The session as the wire shows it, for servers that keep it as it is sent. */
const wireSession = (): string => {
  const id = '01HVZ6K9T1N8S6M3V3Q3F0X000';
  const text = JSON.stringify(recordOf(0)).replaceAll(sessionId(0), id);
  const self = `/api/v1/sessions/${id}`;
  const links = {
    self,
    task: `/api/v1/tasks/${id}`,
    events: `${self}/events`,
    logs: `${self}/logs`,
    chat: `${self}/chat`,
    approvals: `${self}/approvals`,
    files: `${self}/files`,
    diff: `${self}/diff`,
  };
  return JSON.stringify({ ...JSON.parse(text), recent_events: [], links });
};

/** The same for a raw or naive server. */
export const fillPlain = async (target: Target, count: number): Promise<void> => {
  await target.ask({
    method: 'POST',
    path: '/fill-sessions',
    body: JSON.stringify({ count, record: wireSession() }),
  });
};
