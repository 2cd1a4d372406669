import { digestOf, type Entry, markOf } from './entry.ts';
import type { Frame } from './replay.ts';

/** What a replay shows against what clients know. Every list is empty where nothing was lost. */
export interface Verdict {
  readonly acknowledged: number;
  readonly stored: number;
  readonly seen: number;
  /** Acknowledged, and not in the replay. */
  readonly lost: readonly string[];
  /** In the replay more than once, or never sent. */
  readonly doubled: readonly string[];
  /** Numbers of the replay that do not go 1, 2, 3 …, ids that are not unique, writes of one writer out of their order. */
  readonly disordered: readonly string[];
  /** What readers were shown otherwise than the replay: a gap, a double, another order, or an event that is gone. */
  readonly misled: readonly string[];
}

/**
 * `entries` in the order they were noted; `replays` by session, from its first event on. What was acknowledged or seen
 * after `moment` may be missing in them.
 */
export const judge = (
  entries: readonly Entry[],
  replays: ReadonlyMap<string, readonly Frame[]>,
  moment = entries.length,
): Verdict => {
  const frames = [...replays.values()].flat();
  const sent = new Map<string, Extract<Entry, { kind: 'sent' }>>();
  const acknowledged: Extract<Entry, { kind: 'acknowledged' }>[] = [];
  const readers = new Map<string, Extract<Entry, { kind: 'seen' }>[]>();
  for (const [index, entry] of entries.entries()) {
    if (entry.kind === 'sent') sent.set(entry.mark, entry);
    else if (index >= moment) continue;
    else if (entry.kind === 'acknowledged') acknowledged.push(entry);
    else {
      const known = readers.get(entry.reader);
      if (known === undefined) readers.set(entry.reader, [entry]);
      else known.push(entry);
    }
  }

  const counts = new Map<string, number>();
  for (const { event } of frames) {
    const mark = markOf(event);
    if (mark !== undefined)
      counts.set(`${event.sessionId} ${mark}`, (counts.get(`${event.sessionId} ${mark}`) ?? 0) + 1);
  }
  const lost = acknowledged
    .filter(({ sessionId, mark }) => !counts.has(`${sessionId} ${mark}`))
    .map(({ sessionId, mark }) => `${mark} of ${sessionId}`);
  const doubled = [...counts].flatMap(([what, count]) => {
    const [sessionId, mark = ''] = what.split(' ');
    if (sent.get(mark)?.sessionId !== sessionId) return [`${what} was never sent`];
    return count === 1 ? [] : [`${what} is there ${count} times`];
  });

  const seen = [...readers.values()].flat().length;
  return {
    acknowledged: acknowledged.length,
    stored: frames.length,
    seen,
    lost,
    doubled,
    disordered: [...replays].flatMap(([sessionId, replay]) => disorderOf(sessionId, replay, sent)),
    misled: [...readers].flatMap(([reader, shown]) => misleading(reader, shown, replays)),
  };
};

type Sent = ReadonlyMap<string, Extract<Entry, { kind: 'sent' }>>;

const disorderOf = (sessionId: string, replay: readonly Frame[], sent: Sent): string[] => {
  const wrong = replay.flatMap(({ event }, index) =>
    event.seq === index + 1 ? [] : [`${sessionId}: number ${event.seq} in place ${index + 1}`],
  );
  if (new Set(replay.map(({ id }) => id)).size !== replay.length)
    wrong.push(`${sessionId}: ids are not unique`);
  // A writer sends its next when it was told of the one before, so its marks grow.
  const latest = new Map<string, number>();
  for (const { event } of replay) {
    const mark = markOf(event);
    const writer = mark === undefined ? undefined : sent.get(mark)?.writer;
    if (mark === undefined || writer === undefined) continue;
    const number = Number(mark.slice('mark-'.length));
    if (number < (latest.get(writer) ?? 0)) wrong.push(`${sessionId}: ${mark} of ${writer} came late`);
    latest.set(writer, number);
  }
  return wrong.slice(0, 10);
};

/** A reader of one session sees it without a gap; one of all sees each session so. */
const misleading = (
  reader: string,
  shown: readonly Extract<Entry, { kind: 'seen' }>[],
  replays: ReadonlyMap<string, readonly Frame[]>,
): string[] => {
  const wrong: string[] = [];
  const places = new Map<string, number>();
  for (const { sessionId, id, seq, digest } of shown) {
    const before = places.get(sessionId);
    if (before !== undefined && seq !== before + 1)
      wrong.push(`${reader}: ${id} (${seq}) after number ${before}`);
    places.set(sessionId, seq);
    const replay = replays.get(sessionId);
    if (replay === undefined) continue;
    const stored = replay[seq - 1];
    if (stored === undefined || digestOf(stored.event) !== digest)
      wrong.push(`${reader}: ${id} was shown and is ${stored === undefined ? 'gone' : 'another one'}`);
  }
  return wrong.slice(0, 10);
};
