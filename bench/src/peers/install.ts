import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stage } from '../stage.ts';

/** The packages and versions that are measured. */
export const versions = { 'opencode-ai': '1.18.33', 'sandbox-agent': '0.4.2' } as const;

const platform = `${process.platform}-${process.arch}`;
const programs = {
  'opencode-ai': `opencode-${platform}/bin/opencode`,
  'sandbox-agent': `@sandbox-agent/cli-${platform}/bin/sandbox-agent`,
} as const;

export type Package = keyof typeof versions;

/** Installs a package from the npm registry into a folder of the run; gives its program. Rejects with what npm said. */
export const install = async (stage: Stage, name: Package): Promise<string> => {
  const folder = stage.folder('peer');
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  // Both ship their program in a package for the platform; nothing has to be run to install them.
  const options = ['--no-audit', '--no-fund', '--ignore-scripts'];
  const child = spawn('npm', ['install', ...options, '--', `${name}@${versions[name]}`], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString('utf8');
  });
  const [code] = await once(child, 'exit');
  const program = join(folder, 'node_modules', programs[name]);
  if (code !== 0) throw new Error(`npm could not install ${name}: ${firstError(complaints)}`);
  if (!existsSync(program)) throw new Error(`${name} has no program for ${platform}.`);
  chmodSync(program, 0o755);
  return program;
};

const firstError = (text: string): string =>
  text.split('\n').find((line) => line.includes('ERR!')) ?? text.slice(0, 200);
