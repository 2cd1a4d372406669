import { closeSync, fdatasync, openSync, readFileSync, writeSync } from 'node:fs';
import { digestOf, type Entry } from './entry.ts';
import type { Frame } from './replay.ts';
import { judge, type Verdict } from './verdict.ts';

/**
 * What clients know: every write that was acknowledged, every event a stream has shown. It lies in a file of its own,
 * written before anything is asked of the server, and is what a full replay is held against.
 */
export interface Oracle {
  /** A text that is written once, by this writer, to this session. Call before the write is sent. */
  send(sessionId: string, writer: string): string;
  acknowledge(sessionId: string, mark: string): void;
  see(reader: string, frame: Frame): void;
  readonly acknowledged: number;
  readonly seen: number;
  /** Where the journal is now: a replay of this moment need not know what was acknowledged later. */
  moment(): number;
  /** Holds a full replay, in order and by session, against the journal; up to a moment, for a replay from then. */
  judge(replays: ReadonlyMap<string, readonly Frame[]>, moment?: number): Verdict;
  close(): void;
}

export const openOracle = (path: string): Oracle => {
  const file = openSync(path, 'a', 0o600);
  let count = 0;
  let lines = 0;
  let acknowledged = 0;
  let seen = 0;
  let syncing = false;
  let dirty = false;
  let closed = false;

  const note = (entry: Entry): void => {
    writeSync(file, `${JSON.stringify(entry)}\n`);
    lines += 1;
    dirty = true;
    sync();
  };
  /** One at a time, over whatever was written meanwhile. */
  const sync = (): void => {
    if (syncing || !dirty || closed) return;
    syncing = true;
    dirty = false;
    fdatasync(file, () => {
      syncing = false;
      sync();
    });
  };

  return {
    send(sessionId, writer) {
      count += 1;
      const mark = `mark-${count}`;
      note({ kind: 'sent', sessionId, writer, mark });
      return mark;
    },
    acknowledge(sessionId, mark) {
      acknowledged += 1;
      note({ kind: 'acknowledged', sessionId, mark });
    },
    see(reader, { id, event }) {
      seen += 1;
      const { sessionId, seq } = event;
      note({ kind: 'seen', reader, sessionId, id, seq, digest: digestOf(event) });
    },
    get acknowledged() {
      return acknowledged;
    },
    get seen() {
      return seen;
    },
    moment: () => lines,
    judge(replays, moment) {
      const noted = readFileSync(path, 'utf8').trimEnd().split('\n');
      const entries = noted.filter((line) => line !== '').map((line): Entry => JSON.parse(line));
      return judge(entries, replays, moment);
    },
    close() {
      closed = true;
      closeSync(file);
    },
  };
};
