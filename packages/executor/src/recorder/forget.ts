import { existsSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { AgentExit, JournalBatch } from '@agent-harbor/core';
import { z } from 'zod';
import { readExit } from '../journal/reader.ts';
import { Exit } from '../journal/schema.ts';
import { isRunning } from '../process/identity.ts';
import { readIdentity } from './claim.ts';
import { type SessionDirectory, syncDirectory, writeDurably } from './session-directory.ts';

/** What stays of a journal that was dropped: where it ended, and how. */
const Forgotten = z.object({
  version: z.literal(1),
  offset: z.number().int().min(0),
  exit: Exit.optional(),
});
type Forgotten = z.infer<typeof Forgotten>;

/** Drops the journal of a session whose recorder is gone, unless it holds more than what comes before `offset`. */
export const forgetJournal = async (
  directory: SessionDirectory,
  offset: number,
): Promise<'dropped' | 'kept' | 'gone'> => {
  if (!existsSync(directory.journal)) return 'gone';
  const recorder = readIdentity(directory.recorder);
  if (recorder !== undefined && isRunning(recorder)) return 'kept';
  const file = await open(directory.journal, 'r');
  let exit: AgentExit | undefined;
  try {
    const { size } = await file.stat();
    exit = await readExit(file, Math.min(offset, size));
    if (exit === undefined && offset < size) return 'kept';
  } finally {
    await file.close();
  }
  // First the word about it: between the two the journal is still read.
  const forgotten: Forgotten = { version: 1, offset, exit };
  writeDurably(directory.forgotten, JSON.stringify(forgotten));
  rmSync(directory.journal, { force: true });
  rmSync(directory.log, { force: true });
  rmSync(directory.terminal, { recursive: true, force: true });
  syncDirectory(directory.root);
  return 'dropped';
};

/** What a journal that was dropped gives to whoever has read it up to `after`; undefined when it is there. */
export const forgottenBatch = (directory: SessionDirectory, after: number): JournalBatch | undefined => {
  if (existsSync(directory.journal) || !existsSync(directory.forgotten)) return undefined;
  const { offset, exit } = Forgotten.parse(JSON.parse(readFileSync(directory.forgotten, 'utf8')));
  if (after < offset) return { events: [], offset: after, exit: { kind: 'lost', reason: dropped } };
  return { events: [], offset: after, exit: exit ?? { kind: 'lost', reason: ended } };
};

const dropped =
  'Retention has dropped the journal of the session, so what came after this point cannot be had from it any more. ' +
  'A newer backup may have it.';
const ended = 'The recorder of the session ended without a last word.';
