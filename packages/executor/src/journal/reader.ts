import type { FileHandle } from 'node:fs/promises';
import type { AgentExit, NewEvent } from '@agent-harbor/core';
import { readBytes, readLines } from './bytes.ts';
import { type LostStretch, lostStretchAt } from './lost-stretch.ts';
import { decodeLine } from './record.ts';
import { RecordLine, UnreadEvent } from './schema.ts';

/** A piece of a journal. */
export interface JournalSlice {
  readonly events: readonly NewEvent[];
  /** Where the next slice begins. */
  readonly offset: number;
  /** The agent's end, when this slice reached it. */
  readonly exit?: AgentExit;
  /** Set when the slice is nothing but bytes that are no whole records; reading goes on behind them. */
  readonly lost?: LostStretch;
}

const sliceBytes = 256 * 1024;
const sliceEvents = 500;
/** An exit record carries 4 KiB of output, escaped. */
const exitLimit = 64 * 1024;

/** Memory for one slice after the other: a reader that follows a flood would leave as much garbage as it reads. */
export const createScratch = (): Buffer => Buffer.allocUnsafeSlow(sliceBytes);

/** The records from `from` on, none of them reaching beyond `limit`: at most 256 KiB or 500 events, at least one record. */
export const readSlice = async (
  file: FileHandle,
  from: number,
  limit: number,
  scratch?: Buffer,
): Promise<JournalSlice> => {
  const bytes = await readLines(file, from, limit, sliceBytes, scratch);
  const events: NewEvent[] = [];
  let offset = from;
  let start = 0;
  while (events.length < sliceEvents) {
    const end = bytes.indexOf(0x0a, start);
    const line = end === -1 ? undefined : decodeLine(bytes.subarray(start, end));
    if (line === undefined) break;
    start = end + 1;
    offset = from + start;
    const record = RecordLine.safeParse(line);
    if (!record.success) events.push(...unreadEvent(line));
    else if (record.data.kind === 'event') events.push({ at: record.data.at, body: record.data.body });
    else if (record.data.kind === 'exit') return { events, offset, exit: record.data.exit };
  }
  if (start > 0 || from >= limit) return { events, offset };
  const lost = await lostStretchAt(file, from, limit);
  return { events, offset: from + lost.bytes, lost };
};

/** What stands where an event was written that this release cannot read: it is told, and the session goes on. */
const unreadEvent = (line: unknown): NewEvent[] => {
  const event = UnreadEvent.safeParse(line);
  if (!event.success) return [];
  const { at, body } = event.data;
  const message = `An event of type ${JSON.stringify(body.type)} was recorded that this server cannot read.`;
  return [{ at, body: { type: 'log', level: 'warn', message } }];
};

/** The exit whose record ends at `offset`, if there is one. */
export const readExit = async (file: FileHandle, offset: number): Promise<AgentExit | undefined> => {
  const start = Math.max(0, offset - exitLimit);
  const bytes = await readBytes(file, start, offset - start);
  if (bytes.at(-1) !== 0x0a) return undefined;
  const line = bytes.subarray(bytes.lastIndexOf(0x0a, bytes.length - 2) + 1, -1);
  const record = RecordLine.safeParse(decodeLine(line));
  return record.success && record.data.kind === 'exit' ? record.data.exit : undefined;
};
