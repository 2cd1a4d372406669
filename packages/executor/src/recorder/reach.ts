import type { Clock } from '@agent-harbor/core';
import { isRunning } from '../process/identity.ts';
import { wait } from '../process/wait.ts';
import { readIdentity } from './claim.ts';
import type { Command } from './control-message.ts';
import { connectToRecorder, type RecorderLink } from './link.ts';
import type { SessionDirectory } from './session-directory.ts';

/** A session's recorder, as somebody else finds it. */
export interface RecorderAddress {
  readonly directory: SessionDirectory;
  readonly socket: string;
}

/** What came of looking for a recorder. */
export type Reached =
  | { readonly state: 'linked'; readonly link: RecorderLink }
  /** It has ended, or never began. */
  | { readonly state: 'dead' }
  /** It runs, but does not answer. */
  | { readonly state: 'silent' };

const retryMs = 50;
/** How long a recorder may take to say hello. */
const helloMs = 5_000;

/** Links with the recorder; one that is just starting or ending is waited for, `patienceMs` at most. */
export const reachRecorder = async (
  { directory, socket }: RecorderAddress,
  clock: Clock,
  patienceMs: number,
  signal?: AbortSignal,
): Promise<Reached> => {
  const deadline = clock.now() + patienceMs;
  for (;;) {
    const identity = readIdentity(directory.recorder);
    if (identity === undefined || !isRunning(identity)) return { state: 'dead' };
    const link = await connectToRecorder(socket, (cut) => {
      const cancel = clock.schedule(helloMs, cut);
      signal?.addEventListener('abort', cut, { once: true });
      return () => {
        cancel();
        signal?.removeEventListener('abort', cut);
      };
    });
    if (link !== undefined) return { state: 'linked', link };
    if (signal?.aborted || clock.now() >= deadline) return { state: 'silent' };
    await wait(clock, retryMs, signal);
  }
};

/**
 * Gives the recorder a command. `taken`: it is written down in the journal, and carried out. `unknown`: the recorder is
 * of an older release. Rejects with the problem of a recorder that refuses.
 */
export const commandRecorder = async (
  address: RecorderAddress,
  command: Command,
  clock: Clock,
  patienceMs: number,
): Promise<'taken' | 'unknown' | 'dead' | 'silent'> => {
  const deadline = clock.now() + patienceMs;
  for (;;) {
    const reached = await reachRecorder(address, clock, deadline - clock.now());
    if (reached.state !== 'linked') return reached.state;
    const { link } = reached;
    const patience = new AbortController();
    const late = wait(clock, Math.max(0, deadline - clock.now()), patience.signal).then(silence);
    const answer = await Promise.race([link.send(command), late]);
    patience.abort();
    link.close();
    if (answer.answer === 'refused') throw answer.problem;
    // The link ended before the answer: the recorder has ended, or the command is sent again.
    if (answer.answer !== 'gone') return answer.answer;
    if (clock.now() >= deadline) return 'silent';
    await wait(clock, retryMs);
  }
};

const silence = (): { readonly answer: 'silent' } => ({ answer: 'silent' });
