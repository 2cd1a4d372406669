import { readdirSync, readFileSync } from 'node:fs';

/** The processes that carry the mark of a session in their environment. Linux only. */
export const processesOf = (sessionId: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`AH_SESSION_ID=${sessionId}\0`);
      } catch {
        // It ended meanwhile.
        return false;
      }
    });

/** Whether a process is there and not a zombie. */
export const isRunning = (pid: number): boolean => {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
