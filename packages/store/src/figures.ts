import { statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Family, gauge, gaugeBy } from '@agent-harbor/core';

const files = ['database', 'wal'] as const;

/** What the store takes of its disk, and what the disk has left. */
export const storeFigures = async (path: string, isFailing: boolean): Promise<readonly Family[]> => {
  const { bavail, bsize } = await statfs(dirname(path));
  return [
    gaugeBy(
      'agent_harbor_database_bytes',
      'Size of the database and its write-ahead log.',
      'file',
      files,
      (file) => sizeOf(file === 'wal' ? `${path}-wal` : path),
    ),
    gauge('agent_harbor_disk_free_bytes', 'What the disk of the database has left.', bavail * bsize),
    gauge('agent_harbor_disk_failing', '1 while the disk refuses writes, else 0.', isFailing ? 1 : 0),
  ];
};

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
