import { writeSync } from 'node:fs';
import { inspect } from 'node:util';

/**
 * Something of ours that went wrong, for people who look into the recorder's log. The log lies on the disk that may be
 * the very trouble, so unlike the console's this line may be lost and nothing else comes of it.
 */
export const complain = (what: string, error: unknown): void => {
  try {
    writeSync(process.stderr.fd, `${what}: ${inspect(error)}\n`);
  } catch {
    // There is nobody left to tell.
  }
};
