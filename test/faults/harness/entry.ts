import type { SessionEvent } from '@agent-harbor/api-contract/schemas';

/** One line of the journal of clients. */
export type Entry =
  /** A client is about to write: from here on it may be there. */
  | { readonly kind: 'sent'; readonly sessionId: string; readonly writer: string; readonly mark: string }
  /** The server has acknowledged it: from here on it must be there. */
  | { readonly kind: 'acknowledged'; readonly sessionId: string; readonly mark: string }
  /** A stream has shown this event to a reader, in this order. */
  | {
      readonly kind: 'seen';
      readonly reader: string;
      readonly sessionId: string;
      readonly id: string;
      readonly seq: number;
      readonly digest: string;
    };

/** Enough of an event to tell it from any other. */
export const digestOf = (event: SessionEvent): string =>
  `${event.type} ${JSON.stringify(event).length} ${'message' in event ? String(event.message).slice(0, 40) : ''}`;

/** The mark of an event, when a client of the oracle wrote it. */
export const markOf = (event: SessionEvent): string | undefined => {
  if (event.type === 'log') return /\bmark-\d+\b/.exec(event.message)?.[0];
  return event.type === 'user_input' ? /\bmark-\d+\b/.exec(event.content)?.[0] : undefined;
};
