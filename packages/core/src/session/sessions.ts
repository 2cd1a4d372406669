import type { EventBody, SessionStatus } from '@agent-harbor/api-contract/schemas';
import { approvalsSaved, withWithdrawals } from '../approval/told.ts';
import type { Clock } from '../clock.ts';
import type { NewEvent } from '../executor/executor.ts';
import { Problem } from '../problem.ts';
import { type Scope, wholeHost } from '../scope.ts';
import { createSerial } from '../serial.ts';
import type { Change, Store, StoredEvent, StoredSession } from '../store/store.ts';
import type { Hub } from '../stream/hub.ts';
import { type Metrics, uncounted } from '../telemetry/metrics.ts';
import { fold } from './fold.ts';
import { canTransition, isTerminal } from './lifecycle.ts';
import type { SessionRecord } from './record.ts';

/** One write to a session: facts for its log, and members of its record that are not facts. */
export interface SessionUpdate {
  readonly events?: readonly NewEvent[];
  readonly journalOffset?: number | undefined;
  readonly dedupeKey?: string;
  readonly patch?: Partial<SessionRecord>;
  readonly alongside?: readonly Change[];
  /** Goes into the store also when its disk is full. What the server states does unless this says otherwise. */
  readonly isUrgent?: boolean;
}

/**
 * The only writer of sessions. Updates of one session happen one after another; each folds its events into the record
 * and commits both together, then tells the hub. Live sessions are kept in memory, ended ones are read from the store.
 */
export interface Sessions {
  /** The session as of its last update. Rejects with `session-not-found`. */
  get(sessionId: string, scope?: Scope): Promise<StoredSession>;
  isLive(sessionId: string): boolean;
  /** The session as of its last update where it is in memory and certain. */
  held(sessionId: string): StoredSession | undefined;
  live(): readonly StoredSession[];
  /** The last events of a live session, oldest first. */
  recent(sessionId: string): readonly StoredEvent[];
  /** Takes in new sessions with their first event, in one commit with `alongside`. */
  create(records: readonly SessionRecord[], first: EventBody, alongside: readonly Change[]): Promise<void>;
  /** Takes in what a former process left. */
  load(): Promise<readonly StoredSession[]>;
  /**
   * Decides on the update with the session in hand, then commits it. Undefined changes nothing. Events already in the
   * log (by offset or key) are left out. Rejects with `wrong-state` for a transition the table does not have.
   */
  update(
    sessionId: string,
    decide: (session: StoredSession) => SessionUpdate | undefined,
  ): Promise<StoredSession>;
}

/** A session in memory. */
interface Held {
  stored: StoredSession;
  recent: StoredEvent[];
  /** Its last commit failed, so it may have been written or not: the store is asked before it is used again. */
  isDoubtful?: boolean;
}

const recentEvents = 3;

export const createSessions = (
  store: Store,
  hub: Hub,
  clock: Clock,
  metrics: Metrics = uncounted,
): Sessions => {
  const held = new Map<string, Held>();
  const serial = createSerial();

  /** Publishes in the order of the commits: nothing may come between the commit and this continuation. */
  const commit = (changes: readonly Change[], isUrgent: boolean): Promise<readonly StoredEvent[]> =>
    store.commit(changes, { isUrgent }).then((events) => {
      for (const event of events) {
        const recent = held.get(event.sessionId)?.recent;
        if (recent !== undefined && recent.push(event) > recentEvents) recent.shift();
      }
      hub.publish(events);
      const last = events.at(-1);
      if (last !== undefined) metrics.appended(events.length, clock.now() - last.at);
      return events;
    });

  const certain = (sessionId: string): StoredSession | undefined => {
    const kept = held.get(sessionId);
    return kept?.isDoubtful === true ? undefined : kept?.stored;
  };

  const read = async (sessionId: string, scope: Scope): Promise<StoredSession> => {
    const stored = await store.session(scope, sessionId);
    if (stored === undefined) throw noSession(sessionId);
    return stored;
  };

  const recentOf = async (sessionId: string): Promise<StoredEvent[]> => {
    const newest = await store.events({
      scope: wholeHost,
      sessionId,
      order: 'desc',
      limit: recentEvents,
      maxBytes: Number.MAX_SAFE_INTEGER,
    });
    return [...newest].reverse();
  };

  const doubt = (sessionId: string): void => {
    const kept = held.get(sessionId);
    if (kept !== undefined) kept.isDoubtful = true;
    hub.doubt(sessionId);
  };

  /** The session as it stands, for whoever holds its turn. */
  const current = async (sessionId: string): Promise<StoredSession> => {
    const kept = held.get(sessionId);
    if (kept !== undefined && kept.isDoubtful !== true) return kept.stored;
    const stored = await read(sessionId, wholeHost);
    if (kept === undefined) return stored;
    held.set(sessionId, { stored, recent: await recentOf(sessionId) });
    settle(stored);
    return stored;
  };

  /** A session leaves memory with its last word; its readers look once more and end. */
  const settle = (stored: StoredSession): void => {
    if (!isTerminal(stored.record.status)) return;
    held.delete(stored.record.id);
    hub.retire(stored.record.id);
  };

  return {
    async get(sessionId, scope = wholeHost) {
      const known = scope.tenantId === null ? certain(sessionId) : undefined;
      return known ?? read(sessionId, scope);
    },
    held: certain,
    isLive: (sessionId) => held.has(sessionId),
    live: () => [...held.values()].map(({ stored }) => stored),
    recent: (sessionId) => held.get(sessionId)?.recent ?? [],

    async create(records, first, alongside) {
      const at = clock.now();
      const added = records.map((record) => fold(record, { at, body: first }));
      for (const record of added)
        held.set(record.id, { stored: { record, lastSeq: 1, journalOffset: 0 }, recent: [] });
      try {
        await commit(
          [
            ...alongside,
            ...added.flatMap((session): Change[] => [
              { kind: 'session-created', session },
              {
                kind: 'events-appended',
                sessionId: session.id,
                events: [{ at, body: first }],
                dedupeKey: 'created',
              },
            ]),
          ],
          false,
        );
      } catch (error) {
        const [first] = added;
        const written = first && (await store.session(wholeHost, first.id).catch(() => undefined));
        if (written === undefined) {
          for (const record of added) held.delete(record.id);
          throw error;
        }
        // The failure struck after the write: the sessions are there, and so they run.
        for (const record of added) doubt(record.id);
      }
    },

    async load() {
      const sessions = await store.liveSessions();
      for (const stored of sessions) {
        const sessionId = stored.record.id;
        held.set(sessionId, { stored, recent: await recentOf(sessionId) });
      }
      return sessions;
    },

    update: (sessionId, decide) =>
      serial.run(sessionId, async () => {
        const before = await current(sessionId);
        const update = decide(before);
        if (update === undefined) return before;
        const known = update.journalOffset !== undefined && update.journalOffset <= before.journalOffset;
        const start = { ...before.record, ...update.patch };
        const given = known ? [] : (update.events ?? []);
        const heard =
          update.journalOffset === undefined ? { events: given, record: start } : hear(start, given);
        const events = inOrder(await withWithdrawals(store, sessionId, heard.events), before.record);
        const record = events.reduce(step, heard.record);
        const changes: Change[] = [
          ...(events.length === 0 && (known || update.journalOffset === undefined)
            ? []
            : [
                {
                  kind: 'events-appended',
                  sessionId,
                  events,
                  ...(update.journalOffset === undefined ? {} : { journalOffset: update.journalOffset }),
                  ...(update.dedupeKey === undefined ? {} : { dedupeKey: update.dedupeKey }),
                } as const,
              ]),
          { kind: 'session-saved', session: record },
          ...(await approvalsSaved(store, sessionId, events)),
          ...(update.alongside ?? []),
        ];
        const appended = await commit(changes, update.isUrgent ?? update.journalOffset === undefined).catch(
          (error: unknown) => {
            doubt(sessionId);
            throw error;
          },
        );
        const after: StoredSession = {
          record,
          lastSeq: appended.findLast((event) => event.sessionId === sessionId)?.seq ?? before.lastSeq,
          journalOffset: Math.max(before.journalOffset, update.journalOffset ?? 0),
        };
        const kept = held.get(sessionId);
        if (kept !== undefined) kept.stored = after;
        if (isTerminal(record.status) && !isTerminal(before.record.status))
          metrics.sessionEnded(record.status);
        settle(after);
        return after;
      }),
  };
};

/** Said of an id that nobody has, or that is somebody else's. */
export const noSession = (sessionId: string): Problem =>
  new Problem('session-not-found', { detail: `There is no session ${sessionId}.` });

/**
 * What counts of a journal. Whether an agent is idle is told while the session runs; in any other state it is only
 * remembered, for the time when the session runs again.
 */
const hear = (session: SessionRecord, events: readonly NewEvent[]) => {
  let record = session;
  const kept = events.filter(({ body }) => {
    if (body.type !== 'status') return true;
    const isNews = record.status === 'running' && body.status === 'running';
    record = { ...record, runningReason: body.reason };
    return isNews;
  });
  return { record, events: kept };
};

/**
 * A log is in the order of its times. What an agent did is heard of later than it happened, and then stands behind
 * what the server has said meanwhile.
 */
const inOrder = (events: readonly NewEvent[], { updatedAt }: SessionRecord): readonly NewEvent[] => {
  let latest = Date.parse(updatedAt);
  return events.map((event) => {
    latest = Math.max(latest, event.at);
    return event.at === latest ? event : { ...event, at: latest };
  });
};

const step = (session: SessionRecord, event: NewEvent): SessionRecord => {
  const { body } = event;
  if (body.type === 'status' && !canFollow(session.status, body.status)) {
    throw new Problem('wrong-state', {
      detail: `The session is ${session.status}; it cannot become ${body.status}.`,
    });
  }
  return fold(session, event);
};

/** A session that runs may say why it does. */
const canFollow = (from: SessionStatus, to: SessionStatus): boolean =>
  canTransition(from, to) || (from === 'running' && to === 'running');
