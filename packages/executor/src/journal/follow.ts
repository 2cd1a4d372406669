import { type FileHandle, open } from 'node:fs/promises';
import type { AgentExit, Clock, JournalBatch, Log } from '@agent-harbor/core';
import type { RecorderLink } from '../recorder/link.ts';
import { type RecorderAddress, reachRecorder } from '../recorder/reach.ts';
import { lossEvent } from './lost-stretch.ts';
import { createScratch, readExit, readSlice } from './reader.ts';

export interface FollowOptions {
  readonly address: RecorderAddress;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends a session whose recorder died before the end was in its journal, and says how it ended. */
  readonly lost: () => Promise<AgentExit>;
}

/** A stretch longer than this is read into the same memory, slice after slice. */
const scratchBytes = 64 * 1024;
/** How long a living recorder may refuse to talk before its process is looked at again. */
const patienceMs = 10_000;

/**
 * A session's journal from `after` on: what its recorder says is on the disk while it lives, all that is there once it
 * is gone. Ends with the batch that has the exit, or when the signal fires.
 */
export async function* followJournal(
  options: FollowOptions,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<JournalBatch, void> {
  const { address, clock, lost } = options;
  const reading: Reading = { ...options, path: address.directory.journal, offset: after, signal };
  while (!signal.aborted) {
    const reached = await reachRecorder(address, clock, patienceMs, signal);
    if (reached.state === 'silent') continue;
    const end = yield* reached.state === 'linked' ? readLive(reading, reached.link) : readRest(reading);
    if (end === 'exit' || signal.aborted) return;
    if (end === 'link-ended') continue;
    yield { events: [], offset: reading.offset, exit: await lost() };
    return;
  }
}

interface Reading extends Pick<FollowOptions, 'clock' | 'log'> {
  readonly path: string;
  readonly signal: AbortSignal;
  /** Everything before it was handed over. */
  offset: number;
}

type End = 'exit' | 'nothing-left' | 'link-ended';

/** As far as the recorder says, for as long as it says something. */
async function* readLive(reading: Reading, link: RecorderLink): AsyncGenerator<JournalBatch, End> {
  let file: FileHandle | undefined;
  try {
    while (!reading.signal.aborted) {
      const { durable, open: isOpen } = link;
      file ??= await openIfThere(reading.path);
      if (file !== undefined) {
        const end = yield* readTo(file, reading, durable);
        if (end !== 'nothing-left') return end;
      }
      if (!isOpen) return 'link-ended';
      await link.changed(durable, reading.signal);
    }
    return 'link-ended';
  } finally {
    link.close();
    await file?.close();
  }
}

/** What a recorder left behind. Opened behind the exit, that is given again. */
async function* readRest(reading: Reading): AsyncGenerator<JournalBatch, End> {
  const file = await openIfThere(reading.path);
  if (file === undefined) return 'nothing-left';
  try {
    const { size } = await file.stat();
    const exit = await readExit(file, Math.min(reading.offset, size));
    if (exit !== undefined) {
      yield { events: [], offset: reading.offset, exit };
      return 'exit';
    }
    if (reading.offset >= size) return 'nothing-left';
    await makeDurable(file);
    return yield* readTo(file, reading, size);
  } finally {
    await file.close();
  }
}

async function* readTo(file: FileHandle, reading: Reading, limit: number): AsyncGenerator<JournalBatch, End> {
  // Not held while nothing comes: there may be a thousand sessions that are quiet.
  const scratch = limit - reading.offset > scratchBytes ? createScratch() : undefined;
  while (reading.offset < limit && !reading.signal.aborted) {
    const { events, offset, exit, lost } = await readSlice(file, reading.offset, limit, scratch);
    reading.offset = offset;
    if (lost !== undefined) {
      const { path, clock, log } = reading;
      log.warn('A stretch of a journal was passed over', { path, ...lost });
      // The report has the bytes it is about as its place: read again, they are reported or behind us, as all else.
      yield { events: [{ at: clock.now(), body: lossEvent(lost) }], offset };
    } else if (exit !== undefined) {
      yield { events, offset, exit };
      return 'exit';
    } else if (events.length > 0) yield { events, offset };
  }
  return 'nothing-left';
}

/** A recorder that was killed may have left bytes that nobody brought to the disk yet; they are told, so they must be. */
const makeDurable = (file: FileHandle): Promise<void> =>
  file.datasync().catch((error: NodeJS.ErrnoException) => {
    // A disk that can only be read has nothing to bring; Windows does not do it for readers.
    if (error.code !== 'EROFS' && error.code !== 'EINVAL' && error.code !== 'EPERM') throw error;
  });

const openIfThere = (path: string): Promise<FileHandle | undefined> =>
  open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
