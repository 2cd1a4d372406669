import type { Scope } from '../scope.ts';
import type { EventLines, Store } from '../store/store.ts';
import type { EventBatch } from './reader.ts';

/** So many pages are kept for readers that come to the same place a moment later: together a few MiB at most. */
const keptPages = 16;

/**
 * What readers at the same place share: when a server has restarted, all of them come back at once and ask for the same
 * pages. Everything here may be dropped at any time.
 */
export interface SharedReads {
  /** Events of a session as text, as `Store.eventLines` gives them: one read for all who ask for the same. */
  lines(scope: Scope, sessionId: string, after: number, maxBytes: number): Promise<EventLines | undefined>;
  /** The batch made of a stretch of the ring or a page: made for the first who asks, kept as long as its source is. */
  batch(source: object, make: () => EventBatch): EventBatch;
  /** How many pages the store gave. */
  readonly pagesRead: number;
}

export const createSharedReads = (store: Store): SharedReads => {
  const pages = new Map<string, Promise<EventLines | undefined>>();
  const batches = new WeakMap<object, EventBatch>();
  let pagesRead = 0;

  const keep = (key: string, page: Promise<EventLines | undefined>): void => {
    if (pages.size >= keptPages) {
      const [oldest] = pages.keys();
      if (oldest !== undefined) pages.delete(oldest);
    }
    pages.set(key, page);
    const forget = () => {
      if (pages.get(key) === page) pages.delete(key);
    };
    page.then((lines) => {
      if (lines !== undefined) pagesRead++;
      // That there is nothing to read is soon not true any more.
      else forget();
    }, forget);
  };

  return {
    get pagesRead() {
      return pagesRead;
    },
    lines(scope, sessionId, after, maxBytes) {
      const { tenantId } = scope;
      const key = `${after} ${maxBytes} ${sessionId} ${tenantId === null ? '' : `of ${tenantId}`}`;
      const known = pages.get(key);
      if (known !== undefined) return known;
      const page = store.eventLines(scope, sessionId, after, maxBytes);
      keep(key, page);
      return page;
    },
    batch(source, make) {
      const known = batches.get(source);
      if (known !== undefined) return known;
      const batch = make();
      batches.set(source, batch);
      return batch;
    },
  };
};
