import { type FileHandle, open } from 'node:fs/promises';
import type { AgentExit, Clock, JournalBatch } from '@agent-harbor/core';
import type { RecorderLink } from '../recorder/link.ts';
import { type RecorderAddress, reachRecorder } from '../recorder/reach.ts';
import { readExit, readSlice } from './reader.ts';

export interface FollowOptions {
  readonly address: RecorderAddress;
  readonly clock: Clock;
  /**
   * Ends a session whose end is not in its journal, and says how it ended: its recorder died, or the bytes from
   * `unreadableAt` on are no records.
   */
  readonly lost: (unreadableAt: number | undefined) => Promise<AgentExit>;
}

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
  const reading: Reading = { path: address.directory.journal, offset: after, signal };
  while (!signal.aborted) {
    const reached = await reachRecorder(address, clock, patienceMs, signal);
    if (reached.state === 'silent') continue;
    const end = yield* reached.state === 'linked' ? readLive(reading, reached.link) : readRest(reading);
    if (end === 'exit' || signal.aborted) return;
    if (end === 'link-ended') continue;
    const unreadableAt = end === 'unreadable' ? reading.offset : undefined;
    yield { events: [], offset: reading.offset, exit: await lost(unreadableAt) };
    return;
  }
}

interface Reading {
  readonly path: string;
  readonly signal: AbortSignal;
  /** Everything before it was handed over. */
  offset: number;
}

type End = 'exit' | 'unreadable' | 'nothing-left' | 'link-ended';

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

/** What a recorder left behind. Opened at or behind the end, the exit is given again. */
async function* readRest(reading: Reading): AsyncGenerator<JournalBatch, End> {
  const file = await openIfThere(reading.path);
  if (file === undefined) return 'nothing-left';
  try {
    const { size } = await file.stat();
    if (reading.offset < size) return yield* readTo(file, reading, size);
    const exit = await readExit(file, size);
    if (exit === undefined) return 'nothing-left';
    yield { events: [], offset: reading.offset, exit };
    return 'exit';
  } finally {
    await file.close();
  }
}

async function* readTo(file: FileHandle, reading: Reading, limit: number): AsyncGenerator<JournalBatch, End> {
  while (reading.offset < limit && !reading.signal.aborted) {
    const { events, offset, exit, damaged } = await readSlice(file, reading.offset, limit);
    reading.offset = offset;
    if (exit !== undefined) {
      yield { events, offset, exit };
      return 'exit';
    }
    if (events.length > 0) yield { events, offset };
    if (damaged) return 'unreadable';
  }
  return 'nothing-left';
}

const openIfThere = (path: string): Promise<FileHandle | undefined> =>
  open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
