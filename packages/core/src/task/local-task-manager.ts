import { Draft, LaunchedTask, SessionEvent, SessionQuery } from '@agent-harbor/api-contract/schemas';
import { untilAborted } from '../call.ts';
import type { EventLog, LocalTaskManager } from '../harbor.ts';
import type { Idempotency } from '../idempotency.ts';
import type { PageRequest } from '../page.ts';
import { parse } from '../parse.ts';
import { Problem, throwIfAborted } from '../problem.ts';
import type { Scope } from '../scope.ts';
import type { SessionControl } from '../session/control.ts';
import { presentSession, presentTask } from '../session/present.ts';
import { noSession, type Sessions } from '../session/sessions.ts';
import { idIn, isArchived, pageText, presentText, textOf } from '../session/text.ts';
import type { SessionFilter, Store, StoredSession } from '../store/store.ts';
import { compare } from './compare.ts';
import { createDrafts, type DraftParts } from './drafts.ts';
import { type LaunchParts, launch } from './launch.ts';
import { createOnce } from './once.ts';
import { createSteering, type SteeringParts } from './steering.ts';
import type { Query } from './task-manager.ts';

export interface TaskManagerParts extends DraftParts, LaunchParts, SteeringParts {
  readonly description: string;
  readonly store: Store;
  readonly sessions: Sessions;
  readonly control: SessionControl;
  readonly events: EventLog;
  readonly idempotency: Idempotency;
}

/** How many drafts and sessions a UI gets at first. */
const initialCount = 50;
/** How much JSON a subscriber takes at once. */
const batchBytes = 256 * 1024;

export const createLocalTaskManager = (parts: TaskManagerParts, scope: Scope): LocalTaskManager => {
  const { store, sessions, control } = parts;
  const once = createOnce(parts.idempotency, scope);
  const drafts = createDrafts(parts, scope);
  const steering = createSteering(parts, scope, once);
  const presentTextOf = (record: string): string => {
    const id = idIn(record);
    const touched = sessions.touched(id);
    const isBehind = touched !== undefined && record.includes(`"updatedAt":"${touched.savedAt}"`);
    return presentText(isBehind ? textOf(touched.record) : record, sessions.recent(id));
  };
  const present = ({ record }: StoredSession) => presentSession(record, sessions.recent(record.id));
  /** Of a session that the store was asked for among others. */
  const presentListed = (stored: StoredSession) => {
    const { id, updatedAt } = stored.record;
    const touched = sessions.touched(id);
    return present(touched?.savedAt === updatedAt ? touched : stored);
  };
  const pageOf = async <Page>(
    query: Query<SessionQuery>,
    find: (...of: Parameters<Store['sessions']>) => Promise<Page>,
  ): Promise<Page> => {
    const { filter, sort, request } = readQuery(query);
    if (sort.endsWith('updatedAt')) await sessions.saveTimes();
    return find(scope, filter, sort, request);
  };

  const tasks: LocalTaskManager = {
    ...drafts,
    ...steering,
    description: parts.description,

    launch: async (request, options = {}) =>
      once(
        'tasks.create',
        request,
        options,
        ({ alongside }) => launch(parts, request, { ...options, scope, alongside }),
        (stored) => parse(LaunchedTask, stored),
      ),

    createDraft: async (input, options = {}) =>
      once(
        'drafts.create',
        input,
        options,
        ({ alongside }) => drafts.createDraft(input, { ...options, alongside }),
        (stored) => parse(Draft, stored),
      ),

    async getTask(taskId, options) {
      throwIfAborted(options?.signal);
      const task = await store.task(scope, taskId);
      if (task === undefined) throw new Problem('task-not-found', { detail: `There is no task ${taskId}.` });
      return presentTask(task, (await store.sessionsOfTask(scope, taskId)).map(presentListed));
    },

    async compareTask(taskId, options) {
      const { id, sessions: run } = await tasks.getTask(taskId, options);
      return compare(id, run, parts.clock.now());
    },

    async initialTasks(options) {
      throwIfAborted(options?.signal);
      const request = { perPage: initialCount };
      const [saved, newest] = await Promise.all([
        store.drafts(scope, request),
        store.sessions(scope, {}, '-createdAt', request),
      ]);
      return { drafts: saved.items, sessions: newest.items.map(presentListed) };
    },

    async listSessions(query = {}, options) {
      throwIfAborted(options?.signal);
      const found = await pageOf(query, store.sessions);
      return { ...found, items: found.items.map(presentListed) };
    },

    async sessionsText(query = {}, options) {
      throwIfAborted(options?.signal);
      const found = await pageOf(query, store.sessionTexts);
      return pageText({ ...found, items: found.items.map(presentTextOf) });
    },

    async sessionText(sessionId, options) {
      throwIfAborted(options?.signal);
      const held = scope.tenantId === null ? sessions.held(sessionId) : undefined;
      const record = held === undefined ? await store.sessionText(scope, sessionId) : textOf(held.record);
      if (record === undefined) throw noSession(sessionId);
      if (options?.archived !== true && isArchived(record)) throw archived(sessionId);
      return presentText(record, sessions.recent(sessionId));
    },

    async getSession(sessionId, options) {
      throwIfAborted(options?.signal);
      const stored = await sessions.get(sessionId, scope);
      if (stored.record.archivedAt !== undefined && options?.archived !== true) {
        throw archived(sessionId);
      }
      return present(stored);
    },

    stopSession: async (sessionId, options = {}) =>
      once<void>(
        'sessions.stop',
        sessionId,
        options,
        async ({ alongside }) => {
          throwIfAborted(options.signal);
          await sessions.get(sessionId, scope);
          await control.stop(sessionId, alongside(undefined));
        },
        () => undefined,
      ),

    async cancelSession(sessionId, options) {
      const { signal } = options ?? {};
      throwIfAborted(signal);
      await sessions.get(sessionId, scope);
      await untilAborted(signal, () => control.cancel(sessionId));
    },

    async *subscribe(sessionId, { after, signal, ...filter } = {}) {
      const reader = await parts.events.open({ sessionId, after, filter, signal });
      for (
        let batch = await reader.next(batchBytes);
        batch !== undefined;
        batch = await reader.next(batchBytes)
      ) {
        if (batch.resync !== undefined) yield { id: batch.cursor, event: batch.resync };
        for (const event of batch.events) {
          if (signal?.aborted) return;
          yield { id: reader.idOf(event), event: parse(SessionEvent, JSON.parse(event.json), 'event') };
        }
      }
    },
  };
  return tasks;
};

/** What a query asks the store for. One that nobody can change is read once: callers of HTTP send the same ones. */
const readQuery = (query: Query<SessionQuery>) => {
  const known = read.get(query);
  if (known !== undefined) return known;
  const { page, perPage, cursor, sort, ...filter } = parse(SessionQuery, query);
  const asked = { filter, sort, request: { page, perPage, cursor } };
  if (Object.isFrozen(query)) read.set(query, asked);
  return asked;
};
const read = new WeakMap<
  Query<SessionQuery>,
  { readonly filter: SessionFilter; readonly sort: SessionQuery['sort']; readonly request: PageRequest }
>();

const archived = (sessionId: string): Problem =>
  new Problem('session-not-found', { detail: `Session ${sessionId} is archived.` });
