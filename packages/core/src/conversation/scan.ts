import { countedRows, type EventType, SessionEvent } from '@agent-harbor/api-contract/schemas';
import { parse } from '../parse.ts';
import type { Scope } from '../scope.ts';
import type { Store } from '../store/store.ts';

/** How much of a log is counted, from its end. */
const scanBytes = 16 * 1024 * 1024;

/** What a session did last. */
export interface Scan {
  /** The oldest first. */
  readonly events: readonly SessionEvent[];
  /** Whether there are older ones. */
  readonly isCut: boolean;
}

/** The last events of these types, at most 10,000 and 16 MiB of them. */
export const scan = async (
  store: Store,
  scope: Scope,
  sessionId: string,
  types: readonly EventType[],
): Promise<Scan> => {
  const selection = { scope, sessionId, types };
  const rows = await store.events({ ...selection, order: 'desc', limit: countedRows, maxBytes: scanBytes });
  const oldest = rows.at(-1);
  const older =
    oldest === undefined
      ? []
      : await store.events({ ...selection, before: oldest.seq, order: 'desc', limit: 1, maxBytes: 1 });
  return {
    events: rows.toReversed().map(({ json }) => parse(SessionEvent, JSON.parse(json), 'event')),
    isCut: older.length > 0,
  };
};
