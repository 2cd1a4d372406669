import { type Git, type GitCall, slowMs } from './git.ts';

/** How much of what git printed waits for its reader. */
const waitingBytes = 512 * 1024;

/** What stands around what a command prints, and who hears that it is over. */
export interface StreamFrame {
  readonly head: string;
  readonly foot: string;
  /** Called once, when the command has ended, read or not. */
  readonly done: () => void;
}

/**
 * What a command prints, as it is read, once: git waits when the reader does. It begins at once, so that a command that
 * fails before it printed anything rejects here. Leaving the loop ends it, and so does the signal.
 */
export const streamOf = async (
  git: Git,
  args: readonly string[],
  call: GitCall,
  { head, foot, done }: StreamFrame,
): Promise<AsyncIterable<Uint8Array>> => {
  const leaving = new AbortController();
  const waiting: Buffer[] = [];
  let waits = 0;
  let isRunning = true;
  let failure: { readonly error: unknown } | undefined;
  let news = Promise.withResolvers<void>();
  let goOn = () => {};
  const tell = () => {
    news.resolve();
    news = Promise.withResolvers<void>();
  };
  const put = (chunk: Buffer) => {
    waiting.push(chunk);
    waits += chunk.length;
    tell();
  };
  const signals = [leaving.signal, ...(call.signal === undefined ? [] : [call.signal])];
  git
    .run(args, {
      timeoutMs: slowMs,
      ...call,
      signal: AbortSignal.any(signals),
      output(chunk) {
        put(chunk);
        if (waits <= waitingBytes) return undefined;
        return new Promise<void>((resolve) => {
          goOn = resolve;
        });
      },
    })
    .then(
      () => put(Buffer.from(foot)),
      (error: unknown) => {
        failure = { error };
      },
    )
    .finally(() => {
      isRunning = false;
      done();
      tell();
    });

  // What was printed waits for whoever reads; a command that printed nothing may have failed.
  const hasNone = () => waiting.length === 0;
  const failed = () => failure;
  while (hasNone() && isRunning) await news.promise;
  const early = failed();
  if (early !== undefined && hasNone()) throw early.error;
  waiting.unshift(Buffer.from(head));
  waits += head.length;

  const next = async (): Promise<IteratorResult<Uint8Array, undefined>> => {
    for (;;) {
      const chunk = waiting.shift();
      waits -= chunk?.length ?? 0;
      if (waits <= waitingBytes / 2) goOn();
      if (chunk !== undefined) return { done: false, value: chunk };
      const late = failed();
      if (late !== undefined) throw late.error;
      if (!isRunning) return { done: true, value: undefined };
      await news.promise;
    }
  };
  const leave = async (): Promise<IteratorResult<Uint8Array, undefined>> => {
    leaving.abort();
    waiting.length = 0;
    goOn();
    return { done: true, value: undefined };
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: leave }) };
};
