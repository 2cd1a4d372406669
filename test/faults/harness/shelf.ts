import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Beside what the programs load at run time, so that it is found. */
const place = fileURLToPath(new URL('../../../apps/cli/node_modules', import.meta.url));

/** What names the shelf of a run to its workers. */
export const shelfOfRun = 'AH_FAULTS_PROGRAMS';

/** How the folders begin in which a run of this process has its programs. */
export const shelf = (pid: number): string => join(place, `.faults-${pid}`);

/** Vitest calls it before all tests of a run, and what it gives after them. Programs are made when a test wants them. */
export const setup = (): (() => void) => {
  sweep((pid) => process.platform === 'linux' && !existsSync(`/proc/${pid}`));
  process.env[shelfOfRun] = shelf(process.pid);
  return () => sweep((pid) => pid === String(process.pid));
};

/** Removes what runs left: this one, or those that were killed. */
const sweep = (isOver: (pid: string) => boolean): void => {
  if (!existsSync(place)) return;
  for (const name of readdirSync(place)) {
    const [, pid] = /^\.faults-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && isOver(pid)) rmSync(join(place, name), { recursive: true, force: true });
  }
};
