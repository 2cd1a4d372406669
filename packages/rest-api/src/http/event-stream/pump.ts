import {
  type Clock,
  type EventBatch,
  type EventReader,
  type Ids,
  type StreamEnd,
  steady,
} from '@agent-harbor/core';
import type { SharedText, Sink } from '../answer.ts';
import type { Format } from './format.ts';
import type { Streams } from './streams.ts';

/** How much is read, encoded and written at once. */
const batchBytes = 128 * 1024;
const heartbeatMs = 15_000;
const cursorMs = 1_000;

/** How long streams and slow readers are put up with. */
export interface Patience {
  /** A stream is ended between half of this and all of it after it began; its reader comes back. Milliseconds. */
  readonly rotateMs: number;
  /** A reader is cut when what was written to it has not left for so long. Milliseconds. */
  readonly drainMs: number;
}

export const usualPatience: Patience = { rotateMs: 600_000, drainMs: 30_000 };

/** What a stream is written with. */
export interface PumpSetting {
  /** What is streamed, by its path: the jitter of one stream does not depend on how many others there are. */
  readonly path: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly streams: Streams;
  readonly patience: Patience;
  /** Fires when the caller is gone. */
  readonly signal: AbortSignal;
  /** Written before the first event. */
  readonly head: string;
  /** Hears of a reader that failed in the middle. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Writes what a reader gives until the stream is over: its end, a rotation, a shutdown, or a caller who is gone or reads
 * too slowly. It reads on only when the caller has taken what was written, so a slow caller costs one batch. Never
 * rejects; says why the stream was over.
 */
export const pump = (
  reader: EventReader,
  sink: Sink,
  format: Format,
  setting: PumpSetting,
): Promise<StreamEnd> =>
  new Promise((resolve) => {
    new Pump(reader, sink, format, setting, resolve).begin();
  });

/**
 * One stream at work. There may be thousands, and every event wakes all of them: so nothing is made for a wake-up, no
 * promise, no timer and no closure. Whatever may matter calls `wake`, and a turn does what is due by then.
 */
class Pump {
  private readonly reader: EventReader;
  private readonly sink: Sink;
  private readonly format: Format;
  private readonly setting: PumpSetting;
  private readonly done: (how: StreamEnd) => void;
  private readonly clock: Clock;
  private readonly rotateAt: number;
  private heartbeatAt: number;
  private cursorAt: number;
  /** Where the reader stood after the last batch that was written, and the id the caller resumes from. */
  private reached: string;
  private shown: string;

  /** Whether a look at the reader may find something. */
  private hasNews = true;
  /** What a look that took time has found. */
  private found: EventBatch | 'over' | { readonly error: unknown } | undefined;
  private isLooking = false;
  private isTurning = false;
  private isOver = false;
  /** When the caller must have taken what was written; undefined while it may be written to. */
  private drainBy: number | undefined;
  private alarmAt = Number.POSITIVE_INFINITY;
  private cancelAlarm: (() => void) | undefined;
  private unwatch: (() => void) | undefined;
  private leave: (() => void) | undefined;

  constructor(
    reader: EventReader,
    sink: Sink,
    format: Format,
    setting: PumpSetting,
    done: (how: StreamEnd) => void,
  ) {
    const { path, ids, patience } = setting;
    this.reader = reader;
    this.sink = sink;
    this.format = format;
    this.setting = setting;
    this.done = done;
    this.clock = steady(setting.clock);
    const now = this.clock.now();
    this.rotateAt = format.isResumable
      ? now + Math.round((patience.rotateMs / 2) * (1 + ids.random(`stream rotation ${path}`)))
      : Number.POSITIVE_INFINITY;
    this.heartbeatAt = now + heartbeatMs;
    this.cursorAt = now + cursorMs;
    this.reached = reader.cursor;
    this.shown = this.reached;
  }

  begin(): void {
    const { streams, signal, head } = this.setting;
    this.leave = streams.enter(this.wake);
    signal.addEventListener('abort', this.wake);
    this.unwatch = this.reader.watch(this.wake);
    this.write(this.retry() + head, this.clock.now());
    this.wake();
  }

  private readonly wake = (): void => {
    this.hasNews = true;
    this.turn();
  };

  private readonly ring = (): void => {
    this.cancelAlarm = undefined;
    this.alarmAt = Number.POSITIVE_INFINITY;
    this.turn();
  };

  private turn(): void {
    if (this.isTurning || this.isOver) return;
    this.isTurning = true;
    try {
      while (this.step());
    } catch (error) {
      this.setting.onFailure(error);
      // A problem cannot be told in the middle of a stream; the caller comes back and goes on where it stands.
      this.finish('failed', '');
    }
    this.isTurning = false;
  }

  /** Does one thing that is due; false when nothing is any more. */
  private step(): boolean {
    const { streams, signal } = this.setting;
    if (signal.aborted) return this.finish('left', '');
    const now = this.clock.now();
    if (streams.isStopping) return this.finish('stopped', this.place(this.reached) + this.retry());
    if (this.drainBy !== undefined) {
      if (now >= this.drainBy) return this.finish('cut', '');
      return this.rest(now, this.drainBy);
    }
    if (now >= this.rotateAt) return this.finish('rotated', this.place(this.reached) + this.retry());

    const batch = this.due();
    // Its end, or that of what it stands on.
    if (batch === 'over')
      return this.finish(this.reader.ended ? 'ended' : 'stopped', this.place(this.reader.cursor));
    if (batch !== undefined) {
      const text = this.format.batch(batch, this.reader);
      this.reached = batch.cursor;
      if (text !== '') this.shown = this.lastId(batch);
      return this.write(text, now);
    }
    const isBehind = this.shown !== this.reached;
    if (isBehind && now >= this.cursorAt) {
      const text = this.place(this.reached);
      this.shown = this.reached;
      this.cursorAt = now + cursorMs;
      return this.write(text, now);
    }
    if (now >= this.heartbeatAt) return this.write(this.format.heartbeat, now);
    return this.rest(
      now,
      Math.min(this.rotateAt, this.heartbeatAt, isBehind ? this.cursorAt : this.rotateAt),
    );
  }

  /** What there is to write now; undefined when nothing is, or a look is under way. */
  private due(): EventBatch | 'over' | undefined {
    const { found } = this;
    if (found !== undefined) {
      this.found = undefined;
      if (typeof found === 'object' && 'error' in found) throw found.error;
      return found;
    }
    if (!this.hasNews || this.isLooking) return undefined;
    this.hasNews = false;
    const look = this.reader.look(batchBytes);
    if (look === 'waiting') return undefined;
    if (!(look instanceof Promise)) {
      // There may be more behind it.
      this.hasNews = true;
      return look;
    }
    this.isLooking = true;
    look.then(
      (later) => {
        this.isLooking = false;
        if (later !== 'waiting') {
          this.hasNews = true;
          this.found = later;
        }
        this.turn();
      },
      (error: unknown) => {
        this.isLooking = false;
        this.found = { error };
        this.turn();
      },
    );
    return undefined;
  }

  private write(text: string | SharedText, now: number): true {
    this.heartbeatAt = now + heartbeatMs;
    if (text !== '' && !this.sink.write(text)) {
      this.drainBy = now + this.setting.patience.drainMs;
      this.sink.drained().then(() => {
        this.drainBy = undefined;
        this.turn();
      });
    }
    return true;
  }

  /** Nothing to do until then, or until somebody wakes it. An alarm that is set for earlier will look again. */
  private rest(now: number, until: number): false {
    if (until >= this.alarmAt || until === Number.POSITIVE_INFINITY) return false;
    this.cancelAlarm?.();
    this.alarmAt = until;
    this.cancelAlarm = this.clock.schedule(until - now, this.ring);
    return false;
  }

  /** The stream is over: after its last words nobody waits for the caller any more. */
  private finish(how: StreamEnd, lastWords: string): false {
    this.isOver = true;
    if (lastWords !== '') this.sink.write(lastWords);
    if (how === 'cut') this.sink.cut();
    else if (how === 'rotated') this.sink.leave();
    else this.sink.end();
    this.cancelAlarm?.();
    this.unwatch?.();
    this.setting.signal.removeEventListener('abort', this.wake);
    this.leave?.();
    this.done(how);
    return false;
  }

  private retry(): string {
    const { ids, path } = this.setting;
    return this.format.retry(1_000 + Math.round(ids.random(`stream retry ${path}`) * 2_000));
  }

  private place(cursor: string): string {
    return cursor === this.shown ? '' : this.format.cursor(cursor);
  }

  private lastId({ events, lines, cursor }: EventBatch): string {
    const last = lines === undefined ? events.at(-1) : undefined;
    return last === undefined ? cursor : this.reader.idOf(last);
  }
}
