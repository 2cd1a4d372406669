import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory that is removed with the test. */
export const temporaryDirectory = async (): Promise<string> => {
  const directory = await mkdtemp(join(await realpath(tmpdir()), 'agent-harbor-executor-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  return directory;
};
