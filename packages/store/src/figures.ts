import { statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Family, gauge, gaugeBy } from '@agent-harbor/core';
import type { Reserve } from './reserve.ts';

const files = ['database', 'wal'] as const;

/** What the store takes of its disk, and what the disk has left. */
export const storeFigures = async (
  path: string,
  isFailing: boolean,
  reserve: Pick<Reserve, 'held' | 'isShort'>,
): Promise<readonly Family[]> => {
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
    gauge(
      'agent_harbor_disk_reserve_bytes',
      'Space that is kept back for when the disk is full.',
      reserve.held,
    ),
    gauge(
      'agent_harbor_disk_full',
      '1 from when the disk was full until it has room again, else 0.',
      reserve.isShort ? 1 : 0,
    ),
    gauge('agent_harbor_disk_failing', '1 while writes fail, else 0.', isFailing ? 1 : 0),
  ];
};

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
