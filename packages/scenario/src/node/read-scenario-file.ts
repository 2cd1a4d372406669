import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Problem } from '@agent-harbor/core';
import type { Scenario } from '../format/scenario.ts';
import { loadScenario } from '../load/load-scenario.ts';
import type { Symbols } from '../load/symbols.ts';
import { diskFolder } from './disk-folder.ts';

/**
 * Reads a scenario's file with what lies beside it: seed folders, patches. Throws `invalid-request` that names file,
 * line and column.
 */
export const readScenarioFile = (file: string, symbols?: Symbols): Scenario => {
  const folder = diskFolder(dirname(file));
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Problem('invalid-request', { detail: `${file} cannot be read: ${reason}`, cause: error });
  }
  return loadScenario(text, file, { symbols, folder });
};
