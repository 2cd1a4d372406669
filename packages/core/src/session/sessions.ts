import type { EventBody, SessionStatus } from '@agent-harbor/api-contract/schemas';
import { approvalsSaved, withWithdrawals } from '../approval/told.ts';
import { type Clock, timestamp } from '../clock.ts';
import type { NewEvent } from '../executor/executor.ts';
import { Problem } from '../problem.ts';
import { type Scope, wholeHost } from '../scope.ts';
import { createSerial } from '../serial.ts';
import type { Change, Store, StoredEvent, StoredSession } from '../store/store.ts';
import type { Hub } from '../stream/hub.ts';
import { type Metrics, uncounted } from '../telemetry/metrics.ts';
import { fold, onlyTouches } from './fold.ts';
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
  /** The same where the store's record is behind: the two differ by `updatedAt` alone, which is `savedAt` in the store. */
  touched(sessionId: string): (StoredSession & { readonly savedAt: string }) | undefined;
  live(): readonly StoredSession[];
  /** The last events of a live session, oldest first. */
  recent(sessionId: string): readonly StoredEvent[];
  /** Takes in new sessions with their first event, in one commit with `alongside`. */
  create(records: readonly SessionRecord[], first: EventBody, alongside: readonly Change[]): Promise<void>;
  /** Takes in what a former process left. */
  load(): Promise<readonly StoredSession[]>;
  /** Has the records in the store tell when each session last changed, for who sorts by it. */
  saveTimes(): Promise<void>;
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
  /** The `updatedAt` that the store's record has. */
  savedAt: string;
  /** Its last commit failed, so it may have been written or not: the store is asked before it is used again. */
  isDoubtful?: boolean;
}

const recentEvents = 3;

/**
 * Events that change nothing of a record but the time of its last change do not write it each time: it would be the larger
 * half of an append. It is written when it is behind by this many milliseconds; what it misses, the log tells.
 */
const behindMs = 10_000;

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

  /** Takes a session into memory as the store knows it: its log may have gone on after its record. */
  const hold = async (stored: StoredSession): Promise<StoredSession> => {
    const { record } = stored;
    const recent = await recentOf(record.id);
    const last = timestamp(recent.at(-1)?.at ?? 0);
    // biome-ignore lint/complexity/useMathMinMax: timestamps are texts of one form and compare as texts
    const updatedAt = last > record.updatedAt ? last : record.updatedAt;
    const now = updatedAt === record.updatedAt ? stored : { ...stored, record: { ...record, updatedAt } };
    held.set(record.id, { stored: now, recent, savedAt: record.updatedAt });
    return now;
  };

  /** The session as the store has it, for whoever holds its turn and cannot go by memory. */
  const recall = async (sessionId: string): Promise<StoredSession> => {
    const isHeld = held.has(sessionId);
    const stored = await read(sessionId, wholeHost);
    if (!isHeld) return stored;
    const now = await hold(stored);
    settle(now);
    return now;
  };

  /** A session leaves memory with its last word; its readers look once more and end. */
  const settle = (stored: StoredSession): void => {
    if (!isTerminal(stored.record.status)) return;
    held.delete(stored.record.id);
    hub.retire(stored.record.id);
  };

  const update: Sessions['update'] = (sessionId, decide) =>
    serial.run(sessionId, async () => {
      const before = certain(sessionId) ?? (await recall(sessionId));
      const update = decide(before);
      if (update === undefined) return before;
      const known = update.journalOffset !== undefined && update.journalOffset <= before.journalOffset;
      const start = update.patch === undefined ? before.record : { ...before.record, ...update.patch };
      const given = known ? [] : (update.events ?? []);
      const heard =
        update.journalOffset === undefined ? { events: given, record: start } : hear(start, given);
      const isTold = heard.events.every(({ body }) => onlyTouches(body));
      // What is not the end of a session withdraws nothing: most updates, and each wait costs.
      const whole = isTold ? heard.events : await withWithdrawals(store, sessionId, heard.events);
      const events = inOrder(whole, before.record);
      // Of events that only touch the session, the last one is as good as all.
      const record = (isTold ? events.slice(-1) : events).reduce(step, heard.record);
      const kept = held.get(sessionId);
      const isSaved =
        kept === undefined ||
        heard.record !== before.record ||
        !isTold ||
        Date.parse(record.updatedAt) - Date.parse(kept.savedAt) >= behindMs;
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
        ...(isSaved ? [{ kind: 'session-saved', session: record } as const] : []),
        ...(events.some(({ body }) => body.type === 'approval')
          ? await approvalsSaved(store, sessionId, events)
          : []),
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
      if (kept !== undefined) {
        kept.stored = after;
        if (isSaved) kept.savedAt = record.updatedAt;
      }
      if (isTerminal(record.status) && !isTerminal(before.record.status)) metrics.sessionEnded(record.status);
      settle(after);
      return after;
    });

  return {
    async get(sessionId, scope = wholeHost) {
      const known = scope.tenantId === null ? certain(sessionId) : undefined;
      return known ?? read(sessionId, scope);
    },
    held: certain,
    touched(sessionId) {
      const kept = held.get(sessionId);
      if (kept === undefined || kept.savedAt === kept.stored.record.updatedAt) return undefined;
      return { ...kept.stored, savedAt: kept.savedAt };
    },
    isLive: (sessionId) => held.has(sessionId),
    live: () => [...held.values()].map(({ stored }) => stored),
    recent: (sessionId) => held.get(sessionId)?.recent ?? [],

    async create(records, first, alongside) {
      const at = clock.now();
      const added = records.map((record) => fold(record, { at, body: first }));
      for (const record of added)
        held.set(record.id, {
          stored: { record, lastSeq: 1, journalOffset: 0 },
          recent: [],
          savedAt: record.updatedAt,
        });
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
      const sessions: StoredSession[] = [];
      for (const stored of await store.liveSessions()) sessions.push(await hold(stored));
      return sessions;
    },

    async saveTimes() {
      const behind = [...held.values()].filter(({ stored, savedAt }) => stored.record.updatedAt !== savedAt);
      await Promise.all(behind.map(({ stored }) => update(stored.record.id, () => ({ patch: {} }))));
    },

    update,
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
