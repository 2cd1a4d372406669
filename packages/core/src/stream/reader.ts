import type { EventType, Level, ResyncEvent } from '@agent-harbor/api-contract/schemas';
import type { Scope } from '../scope.ts';
import type { EventLines, StoredEvent } from '../store/store.ts';
import type { ReadFrom } from '../telemetry/metrics.ts';

/** Which events a reader gives, and from where. */
export interface EventFilter {
  readonly types?: readonly EventType[] | undefined;
  /** This level and graver ones. */
  readonly level?: Level | undefined;
  /** Inclusive bounds, milliseconds since the epoch. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** Only log events of this tool execution. */
  readonly toolExecutionId?: string | undefined;
}

/** Which stream to read. */
export interface ReaderRequest {
  readonly scope?: Scope | undefined;
  /** One session's events; all events of the scope when absent. */
  readonly sessionId?: string | undefined;
  /** An event id: reading goes on after it. From the beginning when absent. */
  readonly after?: string | undefined;
  readonly filter?: EventFilter | undefined;
  /** Whether the reader may give `lines` instead of events where that costs less. */
  readonly takesLines?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What is due now. Readers at the same place of the same stream may be given the same object. */
export interface EventBatch {
  /** In order; may be empty when all that is new was filtered out. */
  readonly events: readonly StoredEvent[];
  /** Events as text, instead of `events`: only for who takes lines. */
  readonly lines?: EventLines;
  /** The id to resume after this batch. */
  readonly cursor: string;
  /** Comes first, on a batch without events: history before `oldest` is gone. */
  readonly resync?: ResyncEvent;
}

/** What a look found: what is due, nothing as yet, or that nothing more will be given. */
export type Look = EventBatch | 'waiting' | 'over';

/**
 * A cursor, not a queue: it holds a number, and reads on only when asked. Slow readers cost nothing else.
 */
export interface EventReader {
  /** Whether nothing will ever come: the session is terminal and the cursor is at its end. */
  readonly ended: boolean;
  /** The id of an event of this stream. */
  idOf(event: StoredEvent): string;
  /** The id of the event with this number: its `seq` on a session's stream, else its `position`. */
  idAt(number: number): string;
  /** The id to resume after what was read so far. */
  readonly cursor: string;
  /** Where the last batch came from. */
  readonly from?: ReadFrom | undefined;
  /**
   * The next batch, of at most `maxBytes` of JSON (but at least one event), without waiting for one. What is in memory is
   * given at once; a promise says that the store has to be asked. One look at a time.
   */
  look(maxBytes: number): Look | Promise<Look>;
  /**
   * Calls `wake` whenever another look may find something else. The returned function ends it. Who watches before the
   * first look misses nothing.
   */
  watch(wake: () => void): () => void;
  /** The next batch, when there is one; undefined at the end of the stream. */
  next(maxBytes: number): Promise<EventBatch | undefined>;
}
