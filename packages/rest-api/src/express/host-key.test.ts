import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostKey, keyFileIn } from './host-key.ts';

describe('the key of the host', () => {
  let stateDir: string;
  beforeEach(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'ah-key-'));
  });
  afterEach(() => rm(stateDir, { recursive: true }));

  it('is made once, whoever starts at the same time, and long enough not to be guessed', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => hostKey(stateDir)));
    expect(new Set([...keys, await hostKey(stateDir)]).size).toBe(1);
    expect(keys[0]).toMatch(/^ah_[\w-]{43}$/);
  });

  it.skipIf(process.platform === 'win32')(
    'is for its user alone, also when the file was open to others',
    async () => {
      await hostKey(stateDir);
      await chmod(keyFileIn(stateDir), 0o644);
      await hostKey(stateDir);
      expect((await stat(keyFileIn(stateDir))).mode & 0o777).toBe(0o600);
    },
  );

  it('says what to do about an empty file', async () => {
    await writeFile(keyFileIn(stateDir), '\n');
    await expect(hostKey(stateDir)).rejects.toThrow(/remove it/);
  });
});
