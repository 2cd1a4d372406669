import { crc32 } from 'node:zlib';
import type { AgentExit, NewEvent } from '@agent-harbor/core';

/** One line of a journal: something that happened, a command that was taken, or how the agent ended (always last). */
export type JournalRecord =
  | { readonly kind: 'event'; readonly at: NewEvent['at']; readonly body: NewEvent['body'] }
  | { readonly kind: 'command'; readonly id: string }
  | { readonly kind: 'exit'; readonly exit: AgentExit };

const checksumDigits = 8;
/** Checksum and the space behind it. */
const prefixBytes = checksumDigits + 1;

/** `<CRC-32 of the JSON, hexadecimal> <JSON>\n`: readable with any tool, and a torn or flipped line shows. */
export const lineOf = (record: JournalRecord): string => checkedLine(record);

/** Any value as such a line. */
export const checkedLine = (value: object): string => {
  const json = JSON.stringify(value);
  return `${checksum(json)} ${json}\n`;
};

/** The line as the bytes of the file. */
export const encodeRecord = (record: JournalRecord): Buffer => Buffer.from(lineOf(record));

/** The JSON value of one line without its line end; undefined when the line is not what was written. */
export const decodeLine = (line: Buffer): unknown => {
  if (line.length <= prefixBytes || line[checksumDigits] !== 0x20) return undefined;
  const json = line.subarray(prefixBytes);
  const expected = line.toString('latin1', 0, checksumDigits);
  if (checksum(json) !== expected) return undefined;
  try {
    return JSON.parse(json.toString('utf8'));
  } catch {
    return undefined;
  }
};

const checksum = (json: string | Buffer): string => crc32(json).toString(16).padStart(checksumDigits, '0');
