import type { Problem } from '@agent-harbor/core/problem/bare';
import type { About } from './routes/request.ts';

/** What a client tells about its work. */
export type LogEntry =
  /** A request goes out: once for every attempt. */
  | ({ readonly kind: 'request' } & About)
  /** It was answered, with whatever status. `requestId` finds it in the log of the server. */
  | ({
      readonly kind: 'response';
      readonly status: number;
      /** Until the head of the answer was there, in milliseconds. */
      readonly durationMs: number;
      readonly requestId: string | null;
    } & About)
  /** It failed and is sent again after `waitMs` milliseconds. */
  | ({ readonly kind: 'retry'; readonly waitMs: number; readonly problem: Problem } & About)
  /** A stream ended, by a `problem` or because the server wished so, and is opened again after `waitMs` milliseconds. */
  | ({ readonly kind: 'reconnect'; readonly waitMs: number; readonly problem: Problem | undefined } & About)
  /** Something that should not stay as it is. */
  | { readonly kind: 'warning'; readonly message: string };

/** Is told what a client does, as it happens. What it throws is ignored. */
export type Log = (entry: LogEntry) => void;

/** A log that cannot disturb the work; undefined when nobody listens. */
export const quiet = (log: Log | undefined): Log | undefined =>
  log &&
  ((entry) => {
    try {
      log(entry);
    } catch {
      // Whoever watches must not break what is watched.
    }
  });
