import { type Git, type GitCall, slowMs } from './git.ts';

/** How much of what git printed waits for its reader. */
const waitingBytes = 512 * 1024;

/**
 * What a command prints, as it is read: git waits when the reader does. It begins at once, so that a command that fails
 * before it printed anything rejects here; leaving the loop ends it. `done` is called when it is over, read or not.
 */
export const streamOf = async (
  git: Git,
  args: readonly string[],
  call: GitCall,
  done: () => void,
): Promise<AsyncIterable<Uint8Array>> => {
  const leaving = new AbortController();
  const { signal = leaving.signal } = call;
  const waiting: Buffer[] = [];
  let waits = 0;
  let state: 'running' | 'over' | { readonly error: unknown } = 'running';
  let news = Promise.withResolvers<void>();
  let goOn = () => {};
  const tell = () => {
    news.resolve();
    news = Promise.withResolvers<void>();
  };
  git
    .run(args, {
      timeoutMs: slowMs,
      ...call,
      signal: AbortSignal.any([signal, leaving.signal]),
      output(chunk) {
        waiting.push(chunk);
        waits += chunk.length;
        tell();
        if (waits <= waitingBytes) return undefined;
        return new Promise<void>((resolve) => {
          goOn = resolve;
        });
      },
    })
    .then(
      () => {
        state = 'over';
      },
      (error: unknown) => {
        state = { error };
      },
    )
    .finally(() => {
      done();
      tell();
    });

  const take = (): Buffer | undefined => {
    const chunk = waiting.shift();
    waits -= chunk?.length ?? 0;
    if (waits <= waitingBytes / 2) goOn();
    return chunk;
  };
  const stillRuns = () => state === 'running';
  while (waiting.length === 0 && stillRuns()) await news.promise;
  if (typeof state === 'object' && waiting.length === 0) throw state.error;
  return {
    async *[Symbol.asyncIterator]() {
      try {
        for (;;) {
          const chunk = take();
          if (chunk !== undefined) yield chunk;
          else if (stillRuns()) await news.promise;
          else break;
        }
        if (typeof state === 'object') throw state.error;
      } finally {
        leaving.abort();
        goOn();
      }
    },
  };
};
