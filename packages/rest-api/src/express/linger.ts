import type { IncomingMessage } from 'node:http';

/** So much of what a caller still sends is thrown away, and for so long; then it has had its chance to hear us. */
const lingerBytes = 32 * 1024 * 1024;
const lingerMs = 2_000;

/**
 * Resolves when the caller has sent what it had to send. To close a connection on somebody who still sends makes its
 * system throw away what it has not read yet: our answer.
 */
export const linger = (request: IncomingMessage): Promise<void> =>
  new Promise((resolve) => {
    let bytes = 0;
    const done = () => {
      clearTimeout(timer);
      request.off('data', count);
      resolve();
    };
    const count = (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (bytes > lingerBytes) done();
    };
    const timer = setTimeout(done, lingerMs);
    request.on('data', count);
    request.once('end', done);
    request.once('close', done);
    if (request.destroyed || request.readableEnded) done();
  });
