import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeStateDir } from './state-dir.ts';

describe('the state directory', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ah-state-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is made with its parents, for its user alone, and found again', async () => {
    const path = join(folder, 'a', 'b', 'state');
    await Promise.all([makeStateDir(path), makeStateDir(path)]);
    await makeStateDir(path);
    const { mode } = await stat(path);
    expect(process.platform === 'win32' ? 0o700 : mode & 0o777).toBe(0o700);
  });

  it('says what is in the way', async () => {
    await writeFile(join(folder, 'file'), '');
    for (const path of [join(folder, 'file'), join(folder, 'file', 'below')]) {
      await expect(makeStateDir(path)).rejects.toMatchObject({
        code: 'invalid-request',
        errors: { stateDir: [expect.stringMatching(/cannot be made \(E\w+\); choose a directory/)] },
      });
    }
  });

  it.skipIf(process.platform !== 'linux')('gives up where no directory can ever be', async () => {
    await expect(makeStateDir('/proc/nothing/here')).rejects.toMatchObject({ code: 'invalid-request' });
  });
});
