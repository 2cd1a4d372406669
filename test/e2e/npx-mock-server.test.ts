import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from './program.ts';

const source = fileURLToPath(new URL('../../apps/mock-server/', import.meta.url));

/**
 * The package as it is published, installed into a folder far from any checkout: its `files`, and of its dependencies
 * the one that the program does not carry in itself.
 */
const install = async (folder: string): Promise<string> => {
  if (!existsSync(join(source, 'dist/program/mock-server.js'))) {
    throw new Error('The program is not built: run `npm test`, or `pnpm build`.');
  }
  const manifest = JSON.parse(await readFile(join(source, 'package.json'), 'utf8'));
  const home = join(folder, 'node_modules/@agent-harbor/mock-server');
  await mkdir(home, { recursive: true });
  for (const file of [...manifest.files, 'package.json']) {
    await cp(join(source, file), join(home, file), { recursive: true });
  }
  await symlink(
    join(source, 'node_modules/swagger-ui-dist'),
    join(folder, 'node_modules/swagger-ui-dist'),
    'junction',
  );
  return join(home, manifest.bin['agent-harbor-mock-server']);
};

describe('npx @agent-harbor/mock-server', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let program: string;
  let running: ChildProcess[] = [];
  beforeEach(async () => {
    folder = await temporaryFolder();
    program = await install(folder.path);
  });
  afterEach(async () => {
    for (const child of running) child.kill('SIGKILL');
    running = [];
    await folder.remove();
  });

  const run = (...args: string[]) => {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(?:AH_|NODE_|VITEST)/.test(name));
    const child = spawn(process.execPath, [program, ...args], {
      cwd: folder.path,
      env: { ...Object.fromEntries(inherited), NO_COLOR: '1', AH_HOME: join(folder.path, 'state') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    const exit = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
    return { child, exit: exit.then((code) => ({ code, output })) };
  };
  const firstLine = (child: ChildProcess): Promise<string> =>
    new Promise((resolve) => {
      if (child.stdout !== null) createInterface({ input: child.stdout }).once('line', resolve);
    });

  it('serves by itself, with everything it needs, and ends when it is told to', async () => {
    const { child, exit } = run('--port', '0', '--json');
    const { url, keyFile } = JSON.parse(await firstLine(child));
    const headers = { authorization: `ApiKey ${(await readFile(keyFile, 'utf8')).trim()}` };
    const sessions = await (await fetch(`${url}/api/v1/sessions`, { headers })).json();
    expect(sessions.total).toBeGreaterThan(20);
    expect((await fetch(`${url}/api/docs/swagger-ui.css`)).status).toBe(200);
    expect((await (await fetch(`${url}/mock/openapi.json`)).json()).openapi).toBe('3.1.0');
    child.kill('SIGTERM');
    expect((await exit).code).toBe(process.platform === 'win32' ? null : 0);
  });

  it('is ready within a second, the demo data included', async () => {
    const times: number[] = [];
    // The best of some, and where it can be seen the work alone: a busy machine must not look like a slow program.
    while (times.length < 5 && Math.min(...times) >= 1_000) {
      const begun = performance.now();
      const { child, exit } = run('--port', '0', '--json');
      await firstLine(child);
      times.push(Math.min(performance.now() - begun, await workOf(child)));
      child.kill('SIGTERM');
      await exit;
    }
    expect(Math.min(...times)).toBeLessThan(1_000);
  });

  it('calls itself by its own name, and says what is wrong', async () => {
    const help = await run('--help').exit;
    expect(help).toMatchObject({
      code: 0,
      output: expect.stringContaining('Usage: agent-harbor-mock-server'),
    });
    expect(help.output).not.toContain('ah mock-server');
    expect((await run('--version').exit).output).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await run('--prot', '1').exit).toMatchObject({
      code: 7,
      output: expect.stringContaining('agent-harbor-mock-server: The command line cannot be understood'),
    });
    expect(await run('--data', 'some', '--json').exit).toMatchObject({
      code: 7,
      output: expect.stringContaining('--data'),
    });
  });
});

/** How long a process has kept a core busy, in milliseconds, where the system tells. */
const workOf = async ({ pid }: ChildProcess): Promise<number> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return Number.POSITIVE_INFINITY;
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  // In hundredths of a second.
  return (Number(user) + Number(system)) * 10;
};
