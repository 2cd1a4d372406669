import type { ResyncEvent } from '@agent-harbor/api-contract/schemas';
import { levelsFrom } from '../event/level.ts';
import { Problem } from '../problem.ts';
import { type Scope, wholeHost } from '../scope.ts';
import type { Store, StoredEvent } from '../store/store.ts';
import type { Metrics, ReadFrom } from '../telemetry/metrics.ts';
import type { Channel, Hub } from './hub.ts';
import { formatEventId, parseEventId } from './id.ts';
import type { EventBatch, EventFilter, EventReader, ReaderRequest } from './reader.ts';

/** What readers stand on. `isLive` tells whether more events of a session may come. */
export interface ReaderSources {
  readonly store: Store;
  readonly hub: Hub;
  readonly isLive: (sessionId: string) => boolean;
  readonly metrics?: Metrics;
}

/** How many rows one page from the store holds at most. */
const pageRows = 1000;

/** Opens a cursor on the log; see `EventLog.open`. */
export const openReader = async (sources: ReaderSources, request: ReaderRequest): Promise<EventReader> => {
  const { store } = sources;
  const scope = request.scope ?? wholeHost;
  if (request.sessionId !== undefined && (await store.session(scope, request.sessionId)) === undefined) {
    throw new Problem('session-not-found', { detail: `There is no session ${request.sessionId}.` });
  }
  if (request.after === undefined) return new CursorReader(sources, request, scope, 0, undefined);

  const place = parseEventId(request.after);
  // Asked before the bounds: what is appended in between is then read, and not taken for the end.
  const isOver = request.sessionId !== undefined && !sources.isLive(request.sessionId);
  const bounds = await store.eventBounds(scope, request.sessionId);
  const oldest = bounds?.oldest ?? 1;
  const lost =
    place.epoch !== store.epoch
      ? 'foreign-epoch'
      : place.number > (bounds?.newest ?? 0)
        ? 'future'
        : request.sessionId !== undefined && place.number < oldest - 1
          ? 'pruned'
          : undefined;
  const isAtEnd = isOver && place.number === bounds?.newest;
  if (lost !== undefined) sources.metrics?.resynced(lost);
  return lost === undefined
    ? new CursorReader(sources, request, scope, place.number, undefined, isAtEnd)
    : new CursorReader(sources, request, scope, oldest - 1, {
        type: 'resync',
        oldest: bounds === null ? null : formatEventId(store.epoch, bounds.oldest),
        epoch: store.epoch,
        reason: lost,
      });
};

class CursorReader implements EventReader {
  ended: boolean;
  from: ReadFrom | undefined;
  private number: number;
  private resync: ResyncEvent | undefined;
  private readonly sources: ReaderSources;
  private readonly request: ReaderRequest;
  private readonly scope: Scope;

  constructor(
    sources: ReaderSources,
    request: ReaderRequest,
    scope: Scope,
    number: number,
    resync: ResyncEvent | undefined,
    ended = false,
  ) {
    this.ended = ended;
    this.sources = sources;
    this.request = request;
    this.scope = scope;
    this.number = number;
    this.resync = resync;
  }

  get cursor(): string {
    return formatEventId(this.sources.store.epoch, this.number);
  }

  idOf(event: StoredEvent): string {
    return formatEventId(this.sources.store.epoch, this.numberOf(event));
  }

  async next(maxBytes: number): Promise<EventBatch | undefined> {
    if (this.resync !== undefined) {
      const resync = this.resync;
      this.resync = undefined;
      return { events: [], cursor: this.cursor, resync };
    }
    const { hub } = this.sources;
    const { sessionId, signal } = this.request;
    while (!hub.closed && signal?.aborted !== true) {
      const channel = this.isLive() ? hub.channel(sessionId) : undefined;
      // Asked before looking: what is told while we look is not waited for.
      const turn = channel?.turn;
      const batch =
        (channel === undefined ? undefined : this.fromRing(channel, maxBytes)) ??
        (await this.fromStore(maxBytes));
      if (batch !== undefined) return batch;
      // Nothing was left although nothing more could come before we looked: this is the end.
      if (channel === undefined) {
        this.ended = true;
        return undefined;
      }
      if (this.isLive() && channel.turn === turn) await channel.changed(signal);
    }
    return undefined;
  }

  private isLive(): boolean {
    return this.request.sessionId === undefined || this.sources.isLive(this.request.sessionId);
  }

  private fromRing(channel: Channel, maxBytes: number): EventBatch | undefined {
    // A narrow scope is judged by the store, which knows whose a session is.
    if (this.request.sessionId === undefined && this.scope.tenantId !== null) return undefined;
    const events = channel.after(this.number, maxBytes);
    const last = events?.at(-1);
    if (events === undefined || last === undefined) return undefined;
    this.number = this.numberOf(last);
    this.tell('ring', events.length, last.at);
    return { events: select(events, this.request.filter), cursor: this.cursor };
  }

  /** A page of what was selected; the cursor moves over what was filtered out as well. */
  private async fromStore(maxBytes: number): Promise<EventBatch | undefined> {
    const { store } = this.sources;
    const { sessionId, filter } = this.request;
    const bounds = await store.eventBounds(this.scope, sessionId);
    if (bounds === null || bounds.newest <= this.number) return undefined;
    if (sessionId !== undefined && this.number < bounds.oldest - 1) {
      this.number = bounds.oldest - 1;
      const oldest = formatEventId(store.epoch, bounds.oldest);
      this.sources.metrics?.resynced('pruned');
      return {
        events: [],
        cursor: this.cursor,
        resync: { type: 'resync', oldest, epoch: store.epoch, reason: 'pruned' },
      };
    }
    const events = await store.events({
      scope: this.scope,
      ...(sessionId === undefined ? {} : { sessionId }),
      after: this.number,
      // Later ones are left for the next page, so that the cursor may move to the bound when all was filtered out.
      before: bounds.newest + 1,
      ...filter,
      order: 'asc',
      limit: pageRows,
      maxBytes,
    });
    const last = events.at(-1);
    this.tell('store', events.length, last?.at ?? 0);
    this.number = last === undefined ? bounds.newest : this.numberOf(last);
    return { events, cursor: this.cursor };
  }

  private tell(from: ReadFrom, events: number, newestAt: number): void {
    const { metrics } = this.sources;
    if (metrics === undefined) return;
    if (from !== this.from) metrics.readerMoved(this.from, from);
    this.from = from;
    metrics.read(from, events, newestAt);
  }

  private numberOf(event: StoredEvent): number {
    return this.request.sessionId === undefined ? event.position : event.seq;
  }
}

const select = (events: readonly StoredEvent[], filter: EventFilter | undefined): readonly StoredEvent[] => {
  if (filter === undefined) return events;
  const levels = filter.level === undefined ? undefined : levelsFrom(filter.level);
  return events.filter(
    (event) =>
      (filter.types === undefined || filter.types.includes(event.type)) &&
      (levels === undefined || levels.includes(event.level)) &&
      (filter.since === undefined || event.at >= filter.since) &&
      (filter.until === undefined || event.at <= filter.until),
  );
};
