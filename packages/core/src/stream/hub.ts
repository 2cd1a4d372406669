import type { StoredEvent } from '../store/store.ts';

/** How much JSON one channel keeps for its live readers, and all channels together. */
export interface HubLimits {
  readonly channelBytes: number;
  readonly totalBytes: number;
}

const usualLimits: HubLimits = { channelBytes: 1024 * 1024, totalBytes: 64 * 1024 * 1024 };

/** The newest events of one stream, shared by all its readers. */
interface Channel {
  /** Another one after every publication, doubt, retirement or close. */
  readonly turn: number;
  /**
   * The events after `number`, or undefined when the ring does not reach back that far. Until the next turn the same
   * question is answered with the same array, so that what is made of it can be made once for all who ask.
   */
  after(number: number, maxBytes: number): readonly StoredEvent[] | undefined;
  /** Calls `look` after every turn; those that come together are told together. The returned function ends it. */
  watch(look: () => void): () => void;
  /** Resolves at the next turn, or when the signal fires. */
  changed(signal: AbortSignal | undefined): Promise<void>;
}

/**
 * Wakes readers and keeps the live tail, encoded once for all of them. It never queues for anyone: who falls behind
 * the ring reads the store. Everything here may be dropped at any time without losing an event.
 */
export interface Hub {
  /** Tells of events that are durable, in log order. */
  publish(events: readonly StoredEvent[]): void;
  /** Events of the session may have become durable without being published: its readers look into the store. */
  doubt(sessionId: string): void;
  /** The session has ended: whoever still reads it is served by the store. */
  retire(sessionId: string): void;
  /** One session's events, numbered by `seq`, or all events, numbered by `position`. */
  channel(sessionId: string | undefined): Channel;
  readonly closed: boolean;
  /** How many rings there are, and how much JSON they hold. */
  readonly held: { readonly rings: number; readonly bytes: number };
  close(): void;
}

const everything = '';
const nothing: readonly StoredEvent[] = [];
/** So many places in the ring are remembered with what lies after them: nearly all readers stand at the same one. */
const keptAnswers = 8;

class Ring implements Channel {
  turn = 0;
  /** The number of the newest event that was published; 0 when none is known. */
  private latest = 0;
  /** Numbers up to this one are not in the ring. */
  floor = 0;
  events: StoredEvent[] = [];
  bytes = 0;
  private readonly watchers = new Set<() => void>();
  /** What was answered since the last turn, by the number that was asked for. */
  private readonly answers = new Map<
    number,
    { readonly maxBytes: number; readonly events: readonly StoredEvent[] }
  >();
  private readonly numberOf: (event: StoredEvent) => number;
  private readonly isDense: boolean;

  /** `isDense`: the numbers have no gaps by themselves. */
  constructor(numberOf: (event: StoredEvent) => number, isDense: boolean) {
    this.numberOf = numberOf;
    this.isDense = isDense;
  }

  push(event: StoredEvent, limit: number): void {
    const number = this.numberOf(event);
    if (this.isDense && number > this.latest + 1) this.forget();
    if (this.latest === 0) this.floor = number - 1;
    // Out of order can only mean that a commit overtook another: the store knows the order, the ring starts anew.
    if (number <= this.latest) {
      this.clear();
      return;
    }
    this.latest = number;
    this.events.push(event);
    this.bytes += event.json.length;
    if (this.bytes > limit) this.dropUntil(limit / 2);
  }

  /** Dropping in halves keeps the cost of shifting the array constant per event. */
  private dropUntil(limit: number): void {
    let dropped = 0;
    while (dropped < this.events.length && this.bytes > limit) {
      const event = this.events[dropped++];
      if (event === undefined) break;
      this.bytes -= event.json.length;
      this.floor = this.numberOf(event);
    }
    this.events.splice(0, dropped);
  }

  clear(): void {
    this.events = [];
    this.answers.clear();
    this.bytes = 0;
    this.floor = this.latest;
  }

  /** As if nothing had ever been published. */
  forget(): void {
    this.latest = 0;
    this.clear();
  }

  after(number: number, maxBytes: number): readonly StoredEvent[] | undefined {
    if (number < this.floor || this.latest === 0) return undefined;
    if (number >= this.latest) return nothing;
    const answered = this.answers.get(number);
    if (answered?.maxBytes === maxBytes) return answered.events;
    const events = this.slice(number, maxBytes);
    if (this.answers.size >= keptAnswers) {
      const [oldest] = this.answers.keys();
      if (oldest !== undefined) this.answers.delete(oldest);
    }
    this.answers.set(number, { maxBytes, events });
    return events;
  }

  private slice(number: number, maxBytes: number): readonly StoredEvent[] {
    const first = this.indexAfter(number);
    let bytes = 0;
    let end = first;
    while (end < this.events.length) {
      bytes += this.events[end]?.json.length ?? 0;
      if (bytes > maxBytes && end > first) break;
      end++;
    }
    return this.events.slice(first, end);
  }

  /** Where the events after a number begin, found by halving. */
  private indexAfter(number: number): number {
    let low = 0;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const event = this.events[middle];
      if (event !== undefined && this.numberOf(event) <= number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  watch(look: () => void): () => void {
    this.watchers.add(look);
    return () => {
      this.watchers.delete(look);
    };
  }

  changed(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = () => {
        leave();
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const leave = this.watch(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /** What is asked from now on is answered anew. */
  turned(): void {
    this.turn++;
    this.answers.clear();
  }

  tell(): void {
    for (const look of this.watchers) look();
  }
}

export const createHub = (limits: HubLimits = usualLimits): Hub => {
  const rings = new Map<string, Ring>();
  let closed = false;
  const untold = new Set<Ring>();

  /**
   * Readers are told when what hangs on this moment is done, in one go: what was committed together is published piece by
   * piece, and who was told of every piece would write every piece by itself.
   */
  const turn = (ring: Ring | undefined): void => {
    if (ring === undefined) return;
    ring.turned();
    untold.add(ring);
    if (untold.size > 1) return;
    Promise.resolve().then(() => {
      const rings = [...untold];
      untold.clear();
      for (const told of rings) told.tell();
    });
  };
  /** Never below what the rings hold together, so that they are counted only when it may be too much. */
  let mostBytes = 0;

  const ringOf = (key: string): Ring => {
    let ring = rings.get(key);
    if (ring === undefined) {
      ring =
        key === everything
          ? new Ring((event) => event.position, false)
          : new Ring((event) => event.seq, true);
      rings.set(key, ring);
    }
    return ring;
  };

  /** Over the total, the largest rings are emptied; their readers fall back to the store. */
  const shrink = () => {
    if (mostBytes <= limits.totalBytes) return;
    mostBytes = 0;
    for (const ring of rings.values()) mostBytes += ring.bytes;
    for (const ring of [...rings.values()].sort((a, b) => b.bytes - a.bytes)) {
      if (mostBytes <= limits.totalBytes) return;
      mostBytes -= ring.bytes;
      ring.clear();
    }
  };

  return {
    publish(events) {
      if (rings.size === 0) return;
      const touched = new Set<Ring>();
      for (const event of events) {
        for (const key of [event.sessionId, everything]) {
          // A ring begins when it is first asked for: nothing is kept where nobody has read.
          const ring = rings.get(key);
          if (ring === undefined) continue;
          ring.push(event, limits.channelBytes);
          mostBytes += event.json.length;
          touched.add(ring);
        }
      }
      shrink();
      for (const ring of touched) turn(ring);
    },
    doubt(sessionId) {
      for (const key of [sessionId, everything]) {
        const ring = rings.get(key);
        ring?.forget();
        turn(ring);
      }
    },
    retire(sessionId) {
      const ring = rings.get(sessionId);
      rings.delete(sessionId);
      turn(ring);
    },
    channel: (sessionId) => ringOf(sessionId ?? everything),
    get closed() {
      return closed;
    },
    get held() {
      let bytes = 0;
      for (const ring of rings.values()) bytes += ring.bytes;
      return { rings: rings.size, bytes };
    },
    close() {
      closed = true;
      for (const ring of rings.values()) turn(ring);
    },
  };
};
