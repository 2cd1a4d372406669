import type { Connection } from '../connection.ts';
import { build, slot } from '../tables.ts';
import { type Chain, chainAfter, chainAfterText, type LogPlace } from './chain.ts';

/** An event as far as it is checked. */
export interface ChainedRow {
  readonly seq: number;
  readonly chain: Chain;
  readonly json: string;
}

const findChain = build
  .selectFrom('events')
  .select('chain')
  .where('session', '=', slot<number>('session'))
  .where('seq', '=', slot<number>('seq'))
  .compile().sql;

/** The chain a run of events goes on from; undefined when the event before it is missing. */
export const chainBefore = (
  connection: Connection,
  { ordinal, place }: { readonly ordinal: number; readonly place: LogPlace },
  seq: number,
): Chain | undefined =>
  seq - 1 === place.pruned_seq
    ? place.pruned_chain
    : connection.get<{ chain: Chain }>(findChain, { session: ordinal, seq: seq - 1 })?.chain;

/**
 * Whether the JSON of a run of events, joined by line feeds, is what was written. `before` is the chain of the event
 * in front of the run, `after` that of its last.
 */
const isSoundRun = (joined: string, before: Chain | undefined, after: Chain): boolean =>
  before !== undefined && chainAfter(joined, before) === after;

/** The same for the UTF-8 of a run. */
export const isSoundText = (joined: Uint8Array, before: Chain | undefined, after: Chain): boolean =>
  before !== undefined && chainAfterText(joined, before) === after;

/** A run of events of one session as it was read. */
export interface Run<Row extends ChainedRow> {
  /** In the order of reading. */
  readonly rows: readonly Row[];
  readonly order: 'asc' | 'desc';
  /** The number its first row must have. */
  readonly start: number;
  /** The chain of the event in front of the lowest row, asked for only when there is one. */
  readonly before: (seq: number) => Chain | undefined;
  readonly place: LogPlace;
}

/**
 * How many rows of a run, from its start, are what was written, without a hole between them. The newest event is also
 * compared with what the log says of it.
 */
export const soundRows = <Row extends ChainedRow>({
  rows,
  order,
  start,
  before,
  place,
}: Run<Row>): number => {
  const step = order === 'asc' ? 1 : -1;
  const ascending = order === 'asc' ? rows : [...rows].reverse();
  const [lowest] = ascending;
  const highest = ascending.at(-1);
  if (lowest === undefined || highest === undefined) return 0;
  const inFront = before(lowest.seq);
  let isInOrder = true;
  let joined = '';
  for (const [index, { seq }] of rows.entries()) if (seq !== start + step * index) isInOrder = false;
  for (const { json } of ascending) joined = joined === '' ? json : `${joined}\n${json}`;
  const isNewest = ({ seq, chain }: ChainedRow) => seq !== place.last_seq || chain === place.chain;
  if (isInOrder && isNewest(highest) && isSoundRun(joined, inFront, highest.chain)) return rows.length;

  // Something is wrong: now it is worth finding out where.
  const chains = new Map(rows.map(({ seq, chain }) => [seq, chain]));
  const unsound = rows.findIndex((row, index) => {
    const previous = row.seq === lowest.seq ? inFront : chains.get(row.seq - 1);
    const isSound =
      row.seq === start + step * index && isNewest(row) && isSoundRun(row.json, previous, row.chain);
    return !isSound;
  });
  return unsound === -1 ? rows.length : unsound;
};
