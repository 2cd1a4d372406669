import { GitError } from './git.ts';

/** Work on things with a name, one at a time for each name. */
export interface Mutex {
  hold<Result>(name: string, signal: AbortSignal | undefined, work: () => Promise<Result>): Promise<Result>;
}

/** One process writes to a state directory, so a lock in memory is enough; it outlives no crash. */
export const createMutex = (): Mutex => {
  const last = new Map<string, Promise<unknown>>();
  return {
    async hold(name, signal, work) {
      const before = last.get(name) ?? Promise.resolve();
      const { promise: done, resolve: release } = Promise.withResolvers<void>();
      const mine = before.then(() => done);
      last.set(name, mine);
      try {
        await orAborted(before, signal);
        return await work();
      } finally {
        release();
        if (last.get(name) === mine) last.delete(name);
      }
    },
  };
};

const orAborted = async (wait: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> => {
  if (signal === undefined) {
    await wait;
    return;
  }
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(new GitError('aborted', 'wait', ''));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([wait, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
};
