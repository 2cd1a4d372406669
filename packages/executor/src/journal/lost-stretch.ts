import type { FileHandle } from 'node:fs/promises';
import type { EventBody } from '@agent-harbor/api-contract/schemas';
import { readBytes, readLines } from './bytes.ts';
import { decodeLine } from './record.ts';

/** Bytes of a journal that are no whole records. */
export interface LostStretch {
  readonly from: number;
  readonly bytes: number;
  /** `torn`: the last record, whose writer died while it wrote. `damaged`: whatever stood there was whole once. */
  readonly kind: 'torn' | 'damaged';
}

/**
 * What is lost where a line is no record: all bytes up to the next whole one. It may begin in the midst of a line, when
 * the line end before it is what was damaged. No text of an agent can pass for the beginning of one: in JSON a quotation
 * mark stands behind a backslash, or behind no blank.
 */
export const lostStretchAt = async (file: FileHandle, from: number, limit: number): Promise<LostStretch> => {
  const next = await findRecord(file, from, limit);
  const last = await readBytes(file, limit - 1, 1);
  const isTorn = next === undefined && last[0] !== lineFeed;
  return { from, bytes: (next ?? limit) - from, kind: isTorn ? 'torn' : 'damaged' };
};

/** How the loss is told to those who follow the session. */
export const lossEvent = ({ from, bytes, kind }: LostStretch): EventBody => ({
  type: 'log',
  level: 'warn',
  message:
    kind === 'torn'
      ? `The last ${bytes} bytes of the journal, from byte ${from} on, were not a whole record and were cut: the recorder ended while it wrote them.`
      : `${bytes} bytes of the journal, from byte ${from} on, are damaged: what they recorded is lost, what is behind them is kept.`,
});

const lineFeed = 0x0a;
const windowBytes = 256 * 1024;
/** A record's beginning, as it is looked for, across the border of two windows. */
const beginning = /[0-9a-f]{8} \{"/g;
const beginningBytes = 11;

const findRecord = async (file: FileHandle, from: number, limit: number): Promise<number | undefined> => {
  for (let at = from; at < limit; at += windowBytes - beginningBytes) {
    const window = await readBytes(file, at, Math.min(windowBytes, limit - at));
    for (const { index } of window.toString('latin1').matchAll(beginning)) {
      if (await isRecord(file, at + index, limit)) return at + index;
    }
    if (window.length < windowBytes) return undefined;
  }
  return undefined;
};

const isRecord = async (file: FileHandle, from: number, limit: number): Promise<boolean> => {
  const bytes = await readLines(file, from, limit, 4 * 1024);
  const end = bytes.indexOf(lineFeed);
  return end !== -1 && decodeLine(bytes.subarray(0, end)) !== undefined;
};
