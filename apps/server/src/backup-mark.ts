import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Family, Log } from '@agent-harbor/core';
import { BackupRecord, backupRecordName } from '@agent-harbor/store';

/** The newest backup of a state directory that was verified, as `ah backup` wrote it down there. */
export const lastBackupOf = (stateDir: string, log: Log) => async (): Promise<BackupRecord | undefined> => {
  const path = join(stateDir, backupRecordName);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return BackupRecord.parse(JSON.parse(text));
  } catch (error) {
    // What cannot be read must not let a journal go.
    log.warn('The record of the last backup cannot be read', { path, error });
    return undefined;
  }
};

/** When it was made; nothing while none is known. */
export const backupFigures = async (
  lastBackup: () => Promise<BackupRecord | undefined>,
): Promise<readonly Family[]> => {
  const last = await lastBackup();
  return [
    {
      name: 'agent_harbor_last_backup_time_seconds',
      help: 'When the newest verified backup was made, seconds since the epoch; absent while there is none.',
      type: 'gauge',
      samples: last === undefined ? [] : [{ value: Date.parse(last.at) / 1000 }],
    },
  ];
};
