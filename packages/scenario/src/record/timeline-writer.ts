import type { ScenarioSource } from '../format/scenario.ts';

export type Entry = ScenarioSource['timeline'][number];

/** A timeline while it is written: each entry is put at its time, and what is said in a row is held together. */
export interface TimelineWriter {
  think(atMs: number, text: string): void;
  say(atMs: number, text: string): void;
  /** An entry that takes `durationMs`. */
  add(atMs: number, entry: Entry, durationMs?: number): void;
  /** An entry with a time of its own. */
  beside(entry: Entry): void;
  /** The next entry starts then, without an entry that says so: another turn begins. */
  jump(atMs: number): void;
  /** When the next entry would start. */
  readonly nowMs: number;
  finish(): Entry[];
}

interface Saying {
  readonly voice: 'think' | 'assistant';
  readonly items: [number, string][];
}

export const createTimelineWriter = (): TimelineWriter => {
  const entries: Entry[] = [];
  let nowMs = 0;
  let sayings: Saying[] = [];
  /** Where the list that is being written began. */
  let listStartMs = 0;

  const flush = () => {
    if (sayings.length === 0) return;
    entries.push({ llmResponse: sayings.map(({ voice, items }) => ({ [voice]: items })) });
    sayings = [];
  };
  const moveTo = (atMs: number) => {
    if (atMs > nowMs) entries.push({ baseTimeDelta: atMs - nowMs });
    nowMs = Math.max(nowMs, atMs);
  };
  const speak = (voice: Saying['voice'], atMs: number, text: string) => {
    const last = sayings.at(-1);
    if (last?.voice === voice) {
      last.items.push([Math.max(0, atMs - listStartMs), text]);
    } else {
      listStartMs = nowMs;
      sayings.push({ voice, items: [[Math.max(0, atMs - nowMs), text]] });
    }
    nowMs = Math.max(nowMs, atMs);
  };

  return {
    think: (atMs, text) => speak('think', atMs, text),
    say: (atMs, text) => speak('assistant', atMs, text),
    add(atMs, entry, durationMs = 0) {
      flush();
      moveTo(atMs);
      entries.push(entry);
      nowMs += durationMs;
    },
    beside(entry) {
      flush();
      entries.push(entry);
    },
    jump(atMs) {
      flush();
      nowMs = Math.max(nowMs, atMs);
    },
    get nowMs() {
      return nowMs;
    },
    finish() {
      flush();
      return entries;
    },
  };
};
