import type { ResyncEvent, SessionStatus } from '@agent-harbor/api-contract/schemas';
import type { Verdict } from '../webhook/retry.ts';

/** Where a reader got its events from: the ring of the newest ones, or the store. */
export type ReadFrom = 'ring' | 'store';

/**
 * Why a stream was over: the session's last event was written, it was rotated, the server stops, the reader left, did
 * not read, or something failed.
 */
export type StreamEnd = 'ended' | 'rotated' | 'stopped' | 'left' | 'cut' | 'failed';

/**
 * Is told what happens, to count it. Everything is a number or a word of a closed list, so telling costs no object and a
 * count can never hold a secret. What is told must not throw and must not wait.
 */
export interface Metrics {
  /** A request came; the answer is given back to `requestEnded`. */
  requestBegan(): number;
  /** It was answered, or its stream is over. `route` is a name of the contract; empty where none was found. */
  requestEnded(began: number, route: string, method: string, status: number): void;
  /** A subscriber came. */
  streamBegan(): void;
  /** It left; `from` is where it read last, undefined when it never read. */
  streamEnded(how: StreamEnd, from: ReadFrom | undefined): void;
  /** A subscriber that read from `before`, or has not read yet, goes on from `now`. */
  readerMoved(before: ReadFrom | undefined, now: ReadFrom): void;
  /** A subscriber was given so many events, the newest of which happened at `newestAt`, milliseconds since the epoch. */
  read(from: ReadFrom, events: number, newestAt: number): void;
  /** A reader was told that history before its place is gone. */
  resynced(reason: ResyncEvent['reason']): void;
  /** A transaction is durable: how many commits and events it held, how long it and its last step, the fsync, took. */
  committed(commits: number, events: number, transactionMs: number, fsyncMs: number): void;
  /** Events are in the log, the newest of them `lagMs` after it happened. */
  appended(events: number, lagMs: number): void;
  /** A session ended. */
  sessionEnded(status: SessionStatus): void;
  /** Retention dropped events from the log. */
  pruned(events: number, bytes: number): void;
  /** A webhook message was tried, which took so long, milliseconds. */
  webhookAttempted(outcome: Verdict['kind'], tookMs: number): void;
}

/** Counts nothing. */
export const uncounted: Metrics = {
  requestBegan: () => 0,
  requestEnded: () => {},
  streamBegan: () => {},
  streamEnded: () => {},
  readerMoved: () => {},
  read: () => {},
  resynced: () => {},
  committed: () => {},
  appended: () => {},
  sessionEnded: () => {},
  pruned: () => {},
  webhookAttempted: () => {},
};
