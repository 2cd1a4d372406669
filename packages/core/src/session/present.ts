import { type LaunchedTask, type Session, SessionEvent, type Task } from '@agent-harbor/api-contract/schemas';
import { parse } from '../parse.ts';
import type { StoredEvent } from '../store/store.ts';
import { terminalOf } from '../terminal/size.ts';
import { isTerminal } from './lifecycle.ts';
import type { SessionRecord, TaskRecord } from './record.ts';

const base = '/api/v1';

/** The session as the wire shows it: the record with its links and, while it lives, its last events. */
export const presentSession = (
  { runningReason: _, deliveredAtEnd: __, traceparent: ___, ...record }: SessionRecord,
  recent: readonly StoredEvent[],
): Session => ({
  ...record,
  recent_events: isTerminal(record.status)
    ? []
    : recent.map((event) => parse(SessionEvent, JSON.parse(event.json), 'recent_events')),
  links: sessionLinks(record.id, record.taskId, hasTerminal(record)),
});

export const presentTask = ({ request: _, ...task }: TaskRecord, sessions: Session[]): Task => ({
  ...task,
  sessions,
  links: { self: taskLink(task.id) },
});

export const presentLaunch = (taskId: string, sessionIds: readonly string[]): LaunchedTask => {
  const [id = ''] = sessionIds;
  const { self, task, events, logs } = sessionLinks(id, taskId, false);
  return {
    id,
    task_id: taskId,
    session_ids: [...sessionIds],
    status: 'queued',
    links: { self, task, events, logs },
  };
};

/** Whether the agent of a session runs in a terminal. */
export const hasTerminal = ({ agent }: Pick<SessionRecord, 'agent'>): boolean =>
  terminalOf(agent.settings) !== undefined;

const taskLink = (taskId: string): string => `${base}/tasks/${taskId}`;

/** Where the parts of a session are. */
export const sessionLinks = (id: string, taskId: string, withTerminal: boolean): Session['links'] => {
  const self = `${base}/sessions/${id}`;
  return {
    self,
    task: taskLink(taskId),
    events: `${self}/events`,
    logs: `${self}/logs`,
    chat: `${self}/chat`,
    approvals: `${self}/approvals`,
    files: `${self}/files`,
    diff: `${self}/diff`,
    ...(withTerminal ? { pty: `${self}/pty` } : {}),
  };
};
