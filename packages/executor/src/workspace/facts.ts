import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';

/** What was decided when the workspace was made; written before anybody can see it. */
const WorkspaceFacts = z.object({
  version: z.literal(1),
  baseCommit: z.string().nullable(),
  baseTree: z.string(),
  branch: z.string().nullable(),
});
export type WorkspaceFacts = z.infer<typeof WorkspaceFacts>;

export const writeFacts = (path: string, facts: WorkspaceFacts): Promise<void> =>
  writeFile(path, `${JSON.stringify(facts)}\n`);

export const readFacts = async (path: string): Promise<WorkspaceFacts> =>
  WorkspaceFacts.parse(JSON.parse(await readFile(path, 'utf8')));
