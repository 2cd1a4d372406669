import type { FileHandle } from 'node:fs/promises';
import type { AgentExit, NewEvent } from '@agent-harbor/core';
import { decodeLine } from './record.ts';
import { RecordLine, UnreadEvent } from './schema.ts';

/** A stretch of a journal. */
export interface JournalSlice {
  readonly events: readonly NewEvent[];
  /** Where the next slice begins: behind the last whole record. */
  readonly offset: number;
  /** The agent's end, when this slice reached it. */
  readonly exit?: AgentExit;
  /** Set when the bytes from `offset` on are not a whole record. */
  readonly damaged?: true;
}

const sliceBytes = 256 * 1024;
const sliceEvents = 500;
/** No record is larger; a line that goes on longer is damage. */
const recordLimit = 4 * 1024 * 1024;
/** An exit record carries 4 KiB of output, escaped. */
const exitLimit = 64 * 1024;

/** The records from `from` on, none of them reaching beyond `limit`: at most 256 KiB or 500 events, at least one record. */
export const readSlice = async (file: FileHandle, from: number, limit: number): Promise<JournalSlice> => {
  const bytes = await readLines(file, from, limit);
  const events: NewEvent[] = [];
  let offset = from;
  let start = 0;
  while (events.length < sliceEvents) {
    const end = bytes.indexOf(0x0a, start);
    if (end === -1) break;
    const line = decodeLine(bytes.subarray(start, end));
    if (line === undefined) return { events, offset, damaged: true };
    start = end + 1;
    offset = from + start;
    const record = RecordLine.safeParse(line);
    if (!record.success) events.push(...unreadEvent(line));
    else if (record.data.kind === 'event') events.push({ at: record.data.at, body: record.data.body });
    else if (record.data.kind === 'exit') return { events, offset, exit: record.data.exit };
  }
  if (start === 0 && from < limit) return { events, offset, damaged: true };
  return { events, offset };
};

/** What stands where an event was written that this release cannot read: it is told, and the session goes on. */
const unreadEvent = (line: unknown): NewEvent[] => {
  const event = UnreadEvent.safeParse(line);
  if (!event.success) return [];
  const { at, body } = event.data;
  const message = `An event of type ${JSON.stringify(body.type)} was recorded that this server cannot read.`;
  return [{ at, body: { type: 'log', level: 'warn', message } }];
};

/** The exit a journal of `size` bytes ends with, if it does. */
export const readExit = async (file: FileHandle, size: number): Promise<AgentExit | undefined> => {
  const start = Math.max(0, size - exitLimit);
  const bytes = await read(file, start, size - start);
  if (bytes.at(-1) !== 0x0a) return undefined;
  const line = bytes.subarray(bytes.lastIndexOf(0x0a, bytes.length - 2) + 1, -1);
  const record = RecordLine.safeParse(decodeLine(line));
  return record.success && record.data.kind === 'exit' ? record.data.exit : undefined;
};

/** Bytes from `from` on that hold at least one line end, if there is one within reach. */
const readLines = async (file: FileHandle, from: number, limit: number): Promise<Buffer> => {
  for (let length = sliceBytes; ; length *= 4) {
    const bytes = await read(file, from, Math.min(length, limit - from));
    if (bytes.includes(0x0a) || bytes.length < length || length >= recordLimit) return bytes;
  }
};

const read = async (file: FileHandle, from: number, length: number): Promise<Buffer> => {
  const buffer = Buffer.allocUnsafe(Math.max(0, length));
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
};
