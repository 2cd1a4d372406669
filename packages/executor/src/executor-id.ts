import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ids } from '@agent-harbor/core';
import { z } from 'zod';
import { writeDurably } from './recorder/session-directory.ts';

const Identity = z.object({ id: z.string().min(1).max(64) });

/** The executor's id: made once, kept in its state directory. */
export const executorId = (stateDir: string, ids: Ids): string => {
  const path = join(stateDir, 'executor.json');
  if (existsSync(path)) return Identity.parse(JSON.parse(readFileSync(path, 'utf8'))).id;
  const identity = Identity.parse({ id: ids.next('execution', 'executor') });
  writeDurably(path, JSON.stringify(identity));
  return identity.id;
};
