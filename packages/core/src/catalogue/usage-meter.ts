import type { WorkspaceUsage } from '@agent-harbor/api-contract/schemas';
import { untilAborted } from '../call.ts';
import { type Clock, timestamp } from '../clock.ts';
import type { DiskUse } from '../executor/repositories.ts';
import { createSerial } from '../serial.ts';

/** What workspaces take of the disk. To measure one reads every directory in it, so it is done apart and remembered. */
export interface UsageMeter {
  /** What was measured last. */
  last(sessionId: string): WorkspaceUsage | undefined;
  /** The last measure when it is young, else a new one; one workspace after another. */
  measure(
    sessionId: string,
    options?: { readonly refresh?: boolean | undefined; readonly signal?: AbortSignal | undefined },
  ): Promise<WorkspaceUsage>;
}

const maxAgeMs = 60_000;
const freshMs = 1_000;
const mostKept = 2_000;

export const createUsageMeter = (
  read: (sessionId: string) => Promise<DiskUse>,
  clock: Pick<Clock, 'now'>,
): UsageMeter => {
  const known = new Map<string, { readonly usage: WorkspaceUsage; readonly at: number }>();
  const measuring = new Map<string, Promise<WorkspaceUsage>>();
  const serial = createSerial();

  const begin = (sessionId: string): Promise<WorkspaceUsage> => {
    const answer = serial.run('disk', async () => {
      const { bytes, files, isComplete } = await read(sessionId);
      const at = clock.now();
      const usage = { bytes, files, isComplete, measuredAt: timestamp(at) };
      known.delete(sessionId);
      known.set(sessionId, { usage, at });
      const [oldest] = known.keys();
      if (known.size > mostKept && oldest !== undefined) known.delete(oldest);
      return usage;
    });
    measuring.set(sessionId, answer);
    const done = () => measuring.delete(sessionId);
    answer.then(done, done);
    return answer;
  };

  return {
    last: (sessionId) => known.get(sessionId)?.usage,
    measure(sessionId, { refresh = false, signal } = {}) {
      const found = known.get(sessionId);
      if (found !== undefined && Math.max(0, clock.now() - found.at) < (refresh ? freshMs : maxAgeMs)) {
        return untilAborted(signal, async () => found.usage);
      }
      return untilAborted(signal, () => measuring.get(sessionId) ?? begin(sessionId));
    },
  };
};
