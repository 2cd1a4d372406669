import { isAscii } from 'node:buffer';
import type { EventLines } from '@agent-harbor/core';
import type { Connection } from '../connection.ts';
import { isDamage } from '../failure.ts';
import type { Chain } from '../integrity/chain.ts';
import { chainBefore, isSoundText } from '../integrity/verify.ts';
import type { LogRange } from './events.ts';

/** At most so many rows at once, so that others get their turn on the event loop. */
const mostRows = 1000;

// `octet_length` is known from the head of a row: long texts are not read for it.
const measureRows = `
  SELECT count(*) AS count, sum(bytes) AS bytes, max(bytes) AS longest
  FROM (SELECT octet_length(json) AS bytes FROM events WHERE session = @session AND seq > @after ORDER BY seq LIMIT @limit)`;

// SQLite gives the other columns of the row that has the maximum.
const joinRows = `
  SELECT CAST(group_concat(json, char(10)) AS BLOB) AS text, count(*) AS count, max(seq) AS last, chain
  FROM (SELECT seq, chain, json FROM events WHERE session = @session AND seq > @after ORDER BY seq LIMIT @limit)`;

interface Joined {
  readonly text: Buffer | null;
  readonly count: number;
  readonly last: number | null;
  readonly chain: Chain | null;
}

/**
 * A page of a session's log as one text: a row for each event costs three times as much. Undefined when there is none,
 * or when it is not what was written: who reads event by event learns from which on.
 */
export const readLines = (
  connection: Connection,
  session: NonNullable<LogRange['session']>,
  after: number,
  maxBytes: number,
): EventLines | undefined => {
  const { ordinal, place } = session;
  if (after < place.pruned_seq || after >= place.last_seq) return undefined;
  try {
    const limit = rowsWithin(connection, ordinal, after, maxBytes);
    const page = connection.get<Joined>(joinRows, { session: ordinal, after, limit });
    if (page === undefined || page.text === null || page.chain === null) return undefined;
    const isWhole =
      page.count === Math.min(limit, place.last_seq - after) && page.last === after + page.count;
    const isNewest = page.last !== place.last_seq || page.chain === place.chain;
    const isSound = isSoundText(page.text, chainBefore(connection, session, after + 1), page.chain);
    return isWhole && isNewest && isSound
      ? { first: after + 1, count: page.count, text: textOf(page.text) }
      : undefined;
  } catch (failure) {
    if (isDamage(failure)) return undefined;
    throw failure;
  }
};

/** Nearly all logs are ASCII, which is made a string four times as fast as other UTF-8. */
const textOf = (bytes: Buffer): string => bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');

/** What an event took on the page before, in bytes: the next one begins with a guess that is mostly right. */
let usualBytes = 512;

/** How many rows fit, at least one. */
const rowsWithin = (connection: Connection, session: number, after: number, maxBytes: number): number => {
  const guess = Math.ceil((0.95 * maxBytes) / usualBytes);
  for (let limit = Math.min(mostRows, Math.max(1, guess)); ; ) {
    const measured = connection.get<{ count: number; bytes: number | null; longest: number | null }>(
      measureRows,
      {
        session,
        after,
        limit,
      },
    );
    const { count = 0, bytes, longest } = measured ?? {};
    if (bytes == null || longest == null) return 1;
    usualBytes = Math.max(64, bytes / count);
    if (bytes <= maxBytes || count <= 1) return count;
    // So many fit whatever they are, or so many of their usual length; what was guessed is measured again.
    const certain = Math.floor(maxBytes / longest);
    const likely = Math.floor((count * maxBytes) / bytes);
    if (likely - certain < count / 8) return Math.max(1, certain);
    limit = Math.max(1, Math.min(likely, count - 1));
  }
};
