import { createChangeWatcher } from '../workspace/change-watcher.ts';
import { complain } from './complain.ts';
import type { WatchChanges } from './recorder.ts';

/** Watches the session's workspace by way of its git repository. */
export const watchChanges: WatchChanges = ({ stateDir, sessionId }, clock, { report, room }) => {
  const watcher = createChangeWatcher({
    stateDir,
    sessionId,
    clock,
    async onEvents(events) {
      for (const event of events) report(event);
      await room();
    },
    onTrouble: (error) => complain('The workspace could not be looked at', error),
  });
  return {
    toolEnded: watcher.toolEnded,
    async finish() {
      try {
        await watcher.flush();
      } finally {
        await watcher.close();
      }
    },
  };
};
