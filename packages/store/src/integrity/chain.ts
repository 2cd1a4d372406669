import { crc32 } from 'node:zlib';

/**
 * The checksum of a session's log up to one event: the CRC-32 of every event's JSON so far, each ended by a line feed.
 * Every event carries it, so a run of events is checked with one call over their text, from the chain of the event
 * before the run to that of its last; 0 stands before the first event a session ever had.
 */
export type Chain = number;

/** The chain after one more event, or after a run of them joined by line feeds. */
export const chainAfter = (json: string, before: Chain): Chain => crc32(`${json}\n`, before);

/** The same for the UTF-8 of a run. */
export const chainAfterText = (joined: Uint8Array, before: Chain): Chain =>
  crc32('\n', crc32(joined, before));

/** The checksum of a record, kept beside it. */
export const checksumOf = (record: string): number => crc32(record);

/** Where a session's log stands: its row in `session_logs` without key and seal. */
export interface LogPlace {
  readonly last_seq: number;
  readonly journal_offset: number;
  /** The chain of the last event. */
  readonly chain: Chain;
  /** The last event that was pruned, and its chain: where the events that are left go on from. */
  readonly pruned_seq: number;
  readonly pruned_chain: Chain;
}

const sealed = new DataView(new ArrayBuffer(40));
const sealedBytes = new Uint8Array(sealed.buffer);

/** The checksum of a place in a log. A flipped bit in an offset would lose or double events unseen. */
export const sealOf = (place: LogPlace): number => {
  sealed.setFloat64(0, place.last_seq, true);
  sealed.setFloat64(8, place.journal_offset, true);
  sealed.setFloat64(16, place.chain, true);
  sealed.setFloat64(24, place.pruned_seq, true);
  sealed.setFloat64(32, place.pruned_chain, true);
  return crc32(sealedBytes);
};
