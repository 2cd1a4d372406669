import { gitDirectories } from '@agent-harbor/executor';
import {
  type BackupManifest,
  createBackup,
  type Restored,
  restoreBackup,
  type VerifyOptions,
} from '@agent-harbor/store';
import manifest from '../package.json' with { type: 'json' };
import { systemClock } from './clock.ts';

/** Backs up a state directory into a directory that is not there yet, also while a server runs on it. */
export const backUp = async (
  stateDir: string,
  directory: string,
  options: VerifyOptions,
): Promise<BackupManifest> =>
  createBackup({
    ...options,
    stateDir,
    directory,
    gitDirectories: await gitDirectories(stateDir),
    release: manifest.version,
    now: systemClock.now,
  });

/** Brings a backup into a state directory that no server holds. */
export const restore = (
  directory: string,
  stateDir: string,
  options: VerifyOptions & { readonly replace: boolean },
): Promise<Restored> => restoreBackup({ ...options, directory, stateDir, now: systemClock.now });
