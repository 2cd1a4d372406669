import { type ResyncEvent, SessionEvent } from '@agent-harbor/api-contract/schemas';
import { levelsFrom } from '../event/level.ts';
import { parse } from '../parse.ts';
import { Problem } from '../problem.ts';
import { type Scope, wholeHost } from '../scope.ts';
import type { EventBounds, EventSelection, Store, StoredEvent } from '../store/store.ts';
import type { Metrics, ReadFrom } from '../telemetry/metrics.ts';
import type { Hub } from './hub.ts';
import { formatEventId, parseEventId } from './id.ts';
import type { EventBatch, EventFilter, EventReader, Look, ReaderRequest } from './reader.ts';
import type { SharedReads } from './shared-reads.ts';

/** What readers stand on. `isLive` tells whether more events of a session may come. */
export interface ReaderSources {
  readonly store: Store;
  readonly hub: Hub;
  readonly isLive: (sessionId: string) => boolean;
  readonly metrics?: Metrics;
  readonly shared: SharedReads;
}

/** How many rows one page from the store holds at most. */
const pageRows = 1000;

/** Opens a cursor on the log; see `EventLog.open`. */
export const openReader = async (sources: ReaderSources, wish: ReaderRequest): Promise<EventReader> => {
  const { store } = sources;
  const scope = wish.scope ?? wholeHost;
  const request = { ...wish, filter: isEmpty(wish.filter) ? undefined : wish.filter };
  if (request.sessionId !== undefined && (await store.session(scope, request.sessionId)) === undefined) {
    throw new Problem('session-not-found', { detail: `There is no session ${request.sessionId}.` });
  }
  if (request.after === undefined) return new CursorReader(sources, request, scope, 0, undefined);

  const place = parseEventId(request.after);
  // Asked before the bounds: what is appended in between is then read, and not taken for the end.
  const isOver = request.sessionId !== undefined && !sources.isLive(request.sessionId);
  const bounds = await store.eventBounds(scope, request.sessionId);
  const lost =
    place.epoch !== store.epoch
      ? 'foreign-epoch'
      : place.number > (bounds?.newest ?? 0)
        ? 'future'
        : place.number < (bounds?.pruned ?? 0)
          ? 'pruned'
          : undefined;
  const isAtEnd = isOver && place.number === bounds?.newest;
  if (lost === undefined) return new CursorReader(sources, request, scope, place.number, undefined, isAtEnd);
  sources.metrics?.resynced(lost);
  const oldest = bounds === null ? null : await findOldest(store, scope, request.sessionId, bounds);
  return new CursorReader(sources, request, scope, (oldest ?? 1) - 1, resyncEvent(store.epoch, oldest, lost));
};

const resyncEvent = (epoch: string, oldest: number | null, reason: ResyncEvent['reason']): ResyncEvent => ({
  type: 'resync',
  oldest: oldest === null ? null : formatEventId(epoch, oldest),
  epoch,
  reason,
});

/**
 * The first number behind everything that was pruned: from there on nothing is missing. What is left of several sessions
 * before it has gaps, and who read it would be sent back there with every new connection.
 */
const findOldest = async (
  store: Store,
  scope: Scope,
  sessionId: string | undefined,
  { oldest, pruned }: EventBounds,
): Promise<number> => {
  if (sessionId !== undefined || pruned < oldest) return oldest;
  const [first] = await store.events({ scope, after: pruned, order: 'asc', limit: 1, maxBytes: 0 });
  // The newest event of a session is never pruned, so there is one.
  return first?.position ?? pruned + 1;
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

  idAt(number: number): string {
    return formatEventId(this.sources.store.epoch, number);
  }

  look(maxBytes: number): Look | Promise<Look> {
    if (this.resync !== undefined) {
      const resync = this.resync;
      this.resync = undefined;
      return { events: [], cursor: this.cursor, resync };
    }
    const { hub } = this.sources;
    if (hub.closed || this.request.signal?.aborted === true) return 'over';
    // Asked before looking: when nothing is left although nothing more could come, this is the end.
    const isLive = this.isLive();
    return (isLive ? this.fromRing(hub, maxBytes) : undefined) ?? this.intoStore(isLive, maxBytes);
  }

  watch(wake: () => void): () => void {
    return this.isLive() ? this.sources.hub.channel(this.request.sessionId).watch(wake) : () => undefined;
  }

  async next(maxBytes: number): Promise<EventBatch | undefined> {
    for (;;) {
      const channel = this.isLive() ? this.sources.hub.channel(this.request.sessionId) : undefined;
      // Asked before looking: what is told while we look is not waited for.
      const turn = channel?.turn;
      const found = await this.look(maxBytes);
      if (found === 'over') return undefined;
      if (found !== 'waiting') return found;
      if (channel !== undefined && channel.turn === turn) await channel.changed(this.request.signal);
    }
  }

  private isLive(): boolean {
    return this.request.sessionId === undefined || this.sources.isLive(this.request.sessionId);
  }

  private fromRing(hub: Hub, maxBytes: number): Look | undefined {
    const { sessionId, filter } = this.request;
    // A narrow scope is judged by the store, which knows whose a session is.
    if (sessionId === undefined && this.scope.tenantId !== null) return undefined;
    const events = hub.channel(sessionId).after(this.number, maxBytes);
    if (events === undefined) return undefined;
    const last = events.at(-1);
    // Whatever is durable and not in a ring that reaches back this far is told in a moment.
    if (last === undefined) return 'waiting';
    this.number = this.numberOf(last);
    this.tell('ring', events.length, last.at);
    if (filter !== undefined) return { events: select(events, filter), cursor: this.cursor };
    return this.sources.shared.batch(events, () => ({ events, cursor: this.cursor }));
  }

  private async intoStore(isLive: boolean, maxBytes: number): Promise<Look> {
    const batch = (await this.linesFromStore(maxBytes)) ?? (await this.fromStore(maxBytes));
    if (batch !== undefined) return batch;
    if (isLive) return 'waiting';
    this.ended = true;
    return 'over';
  }

  /** The cheap way, for those who may take it. Undefined when nothing came of it: then the other way tells why. */
  private async linesFromStore(maxBytes: number): Promise<EventBatch | undefined> {
    const { sessionId, filter, takesLines } = this.request;
    if (takesLines !== true || sessionId === undefined || filter !== undefined) return undefined;
    const lines = await this.sources.shared.lines(this.scope, sessionId, this.number, maxBytes);
    if (lines === undefined) return undefined;
    this.number += lines.count;
    this.tell('store', lines.count, 0);
    return this.sources.shared.batch(lines, () => ({ events: [], lines, cursor: this.cursor }));
  }

  /** A page of what was selected; the cursor moves over what was filtered out as well. */
  private async fromStore(maxBytes: number): Promise<EventBatch | undefined> {
    const { store } = this.sources;
    const { sessionId, filter } = this.request;
    const bounds = await store.eventBounds(this.scope, sessionId);
    if (bounds === null || bounds.newest <= this.number) return undefined;
    if (this.number < bounds.pruned) return this.startAnew(bounds);
    const page = {
      scope: this.scope,
      ...(sessionId === undefined ? {} : { sessionId }),
      // Later ones are left for the next page, so that the cursor may move to the bound when all was filtered out.
      before: bounds.newest + 1,
      ...filter,
      order: 'asc',
    } as const;
    const events = await store
      .events({ ...page, after: this.number, limit: pageRows, maxBytes })
      .catch(ifDamaged);
    if (events === undefined) return this.passDamage(page);
    const now = await this.boundsIfTorn(events);
    if (now != null && this.number < now.pruned) return this.startAnew(now);
    const last = events.at(-1);
    this.tell('store', events.length, last?.at ?? 0);
    this.number = last === undefined ? bounds.newest : this.numberOf(last);
    return { events, cursor: this.cursor };
  }

  /** The reader fell behind what is kept: it is told, and goes on where nothing is missing. */
  private async startAnew(bounds: EventBounds): Promise<EventBatch> {
    const { store, metrics } = this.sources;
    const oldest = await findOldest(store, this.scope, this.request.sessionId, bounds);
    this.number = oldest - 1;
    metrics?.resynced('pruned');
    return { events: [], cursor: this.cursor, resync: resyncEvent(store.epoch, oldest, 'pruned') };
  }

  /** What cannot be read is passed over: the reader is told, and goes on with the next event that can. */
  private async passDamage(page: Omit<EventSelection, 'limit' | 'maxBytes'>): Promise<EventBatch> {
    const { store, metrics } = this.sources;
    for (let passed = 0; passed < pageRows; passed++) {
      this.number++;
      const events = await store
        .events({ ...page, after: this.number, limit: 1, maxBytes: 0 })
        .catch(ifDamaged);
      if (events !== undefined) break;
    }
    metrics?.resynced('damaged');
    const resync = resyncEvent(store.epoch, this.number + 1, 'damaged');
    return { events: [], cursor: this.cursor, resync };
  }

  /** Something may have been pruned while a page was read: the bounds are asked again unless the numbers show no gap. */
  private async boundsIfTorn(events: readonly StoredEvent[]): Promise<EventBounds | null> {
    const { sessionId, filter } = this.request;
    const last = events.at(-1)?.seq;
    const isWhole = sessionId !== undefined && last !== undefined && last - this.number === events.length;
    return filter === undefined && isWhole ? null : this.sources.store.eventBounds(this.scope, sessionId);
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

/** Undefined where an event is not as it was written; whatever else failed goes on failing. */
const ifDamaged = (error: unknown): undefined => {
  if (!(error instanceof Problem) || error.code !== 'data-damaged') throw error;
  return undefined;
};

const isEmpty = (filter: EventFilter | undefined): boolean =>
  filter === undefined || Object.values(filter).every((member) => member === undefined);

const select = (events: readonly StoredEvent[], filter: EventFilter): readonly StoredEvent[] => {
  const levels = filter.level === undefined ? undefined : levelsFrom(filter.level);
  const isOfTool = filter.toolExecutionId === undefined ? undefined : logOfTool(filter.toolExecutionId);
  return events.filter(
    (event) =>
      (filter.types === undefined || filter.types.includes(event.type)) &&
      (levels === undefined || levels.includes(event.level)) &&
      (filter.since === undefined || event.at >= filter.since) &&
      (filter.until === undefined || event.at <= filter.until) &&
      (isOfTool === undefined || isOfTool(event)),
  );
};

/** A ring holds no more of an event than everybody asks for; of those that may be meant the text is read. */
const logOfTool = (toolExecutionId: string): ((event: StoredEvent) => boolean) => {
  const member = `"tool_execution_id":${JSON.stringify(toolExecutionId)}`;
  return ({ type, json }) => {
    if (type !== 'log' || !json.includes(member)) return false;
    const event = parse(SessionEvent, JSON.parse(json), 'event');
    return event.type === 'log' && event.tool_execution_id === toolExecutionId;
  };
};
