import type { Stage } from '../stage.ts';
import { fillStore } from './sessions.ts';

/** How many sessions a large database has. */
export const manySessions = 1_000_000;

/** A state directory with a million ended sessions, made once in a run: who opens it leaves it as it is. */
export const millionSessions = (stage: Stage): Promise<string> =>
  stage.once('a million sessions', async () => {
    const stateDir = stage.folder('million');
    const count = stage.sized(manySessions);
    stage.note(`    writing ${count} sessions through the store`);
    const from = performance.now();
    await fillStore(stateDir, count);
    stage.note(`    written in ${Math.round((performance.now() - from) / 1000)} s`);
    return stateDir;
  });
