import type { Writable } from 'node:stream';
import { type Output, OutputClosed } from './io.ts';

/** What standard output and standard error are, whether a terminal, a file or a pipe. */
type Stream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** Every write waits for its reader, so a slow pipe slows the command down instead of filling the memory. */
export const outputOf = (stream: Stream, leaving: AbortSignal): Output => {
  const waiting = new Set<() => void>();
  leaving.addEventListener('abort', () => {
    for (const goOn of waiting) goOn();
  });
  // Told by the write that failed; unheard it would end the process.
  stream.on('error', () => undefined);
  return {
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.isTTY === true ? stream.columns : undefined;
    },
    write: (data) =>
      new Promise((resolve, reject) => {
        const goOn = () => resolve();
        // A reader that stands still must not keep whoever pressed Ctrl-C.
        if (leaving.aborted) resolve();
        else waiting.add(goOn);
        stream.write(data, (error) => {
          waiting.delete(goOn);
          if (error == null) resolve();
          else reject(isClosed(error) ? new OutputClosed() : error);
        });
      }),
  };
};

const isClosed = (error: NodeJS.ErrnoException): boolean =>
  ['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END'].includes(error.code ?? '');
