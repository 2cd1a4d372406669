import { readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const shim = fileURLToPath(new URL('../../apps/cli/bin/ah.js', import.meta.url));

/** A Node on the PATH that is too old for the programs, outside of any node_modules. */
const findOldNode = async (): Promise<string | undefined> => {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (folder.includes('node_modules') || !namesIn(folder).includes('node')) continue;
    const { stdout, failed } = await execa(join(folder, 'node'), ['--version'], { reject: false });
    const [major = 0, minor = 0] = stdout.slice(1).split('.').map(Number);
    if (!failed && (major < 22 || (major === 22 && minor < 19))) return join(folder, 'node');
  }
  return undefined;
};

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

const oldNode = process.platform === 'linux' ? await findOldNode() : undefined;
const missing =
  oldNode === undefined ? ' (skipped: there is no Node below 22.19 on the PATH of a Linux host)' : '';

describe(`ah under an old Node${missing}`, () => {
  it.skipIf(oldNode === undefined)(
    'goes on with the Node of the checkout, and passes its exit code on',
    async () => {
      const node = String(oldNode);
      const version = await execa(node, [shim, '--version'], { reject: false });
      expect(version.stderr).toBe('');
      expect(version.stdout).toMatch(/^\d+\.\d+\.\d+/);
      expect((await execa(node, [shim, 'session', 'list', '--nonsense'], { reject: false })).exitCode).toBe(
        7,
      );
    },
  );
});
