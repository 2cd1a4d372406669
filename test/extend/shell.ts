import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRepository } from '../e2e/repository.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'apps/cli/bin/ah.js');
const speaker = join(root, 'apps/cli/dist/mock-agent.js');

/** What a guide calls `my-agent`: it speaks the Agent Client Protocol, or says its arguments. */
const agent = `#!/bin/sh
export AH_MOCK_SETTINGS='{"scenario":"quick-edit","speed":0}'
if [ "$1" = --acp ]; then exec "${process.execPath}" "${speaker}"; fi
echo "$@"
`;

interface Finished {
  readonly code: number | null;
  readonly output: string;
}

/** Where a reader types what a guide says: a terminal on a machine of its own. */
export interface Shell {
  /** Types a block and waits for its end. */
  type(block: string): Promise<Finished>;
  /** Types a block whose last line goes on serving; resolves with its address when it is ready. */
  serve(block: string): Promise<string>;
  /** The address of the server that was started last. */
  address(): string;
  /** Where a file of this name is, seen from anywhere. */
  place(name: string): string;
  /** Puts a file where the reader stands. */
  put(name: string, text: string): Promise<void>;
  /** Ends what serves; resolves with how it ended. */
  interrupt(): Promise<Finished>;
}

/**
 * What a guide names is there: the repository, the state directory, the program `ah`, an agent. Ports are free ones, and
 * commands find the server that was started last as they would find the only one.
 */
export const openShell = async (folder: string): Promise<Shell> => {
  if (!existsSync(join(root, 'apps/cli/dist/ah.js'))) {
    throw new Error('The program is not built: run `npm test`, or `pnpm build`.');
  }
  const bin = join(folder, 'bin');
  const here = join(folder, 'here');
  const state = join(folder, 'state');
  await mkdir(bin);
  await mkdir(here);
  await writeFile(join(bin, 'my-agent'), agent);
  await chmod(join(bin, 'my-agent'), 0o755);
  const repository = await createRepository(join(folder, 'repository'), { 'a.txt': 'one\n' });

  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:AH_|VITEST|NODE_OPTIONS$)/.test(name),
  );
  const env: Record<string, string | undefined> = {
    ...Object.fromEntries(inherited),
    PATH: [bin, join(process.execPath, '..'), process.env.PATH].join(delimiter),
    AH_HOME: state,
    AH_PORT: '0',
    AH_MOCK_PORT: '0',
    AH_MOCK_LLM_PORT: '0',
    XDG_CONFIG_HOME: join(folder, 'config'),
    NO_COLOR: '1',
  };
  const start = (block: string): { child: ChildProcess; output: () => string } => {
    const meant = block
      .replaceAll('apps/cli/bin/ah.js', program)
      .replaceAll('/path/to/repository', repository)
      .replaceAll('/var/lib/agent-harbor', state);
    const script = `ah() { node '${program}' "$@"; }\nset -e\n${meant}`;
    const child = spawn('bash', ['-c', script], { cwd: here, env, detached: true });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    return { child, output: () => output };
  };
  /** All of them: a page may begin with one server and go on with another. */
  const serving: { child: ChildProcess; ended: Promise<Finished> }[] = [];

  return {
    address: () => env.AH_REST_BASE ?? '',
    place: (name) => join(here, name),
    put: (name, text) => writeFile(join(here, name), text),
    async type(block) {
      const { child, output } = start(block);
      return { code: await exitOf(child), output: output() };
    },
    async serve(block) {
      const { child, output } = start(block);
      const ended = exitOf(child).then((code) => ({ code, output: output() }));
      serving.push({ child, ended });
      const ready = new Promise<string>((resolve) => {
        child.stdout?.on('data', () => {
          const url = / serves (http:\/\/\S+)/.exec(output())?.[1];
          if (url !== undefined) resolve(url);
        });
      });
      const first = await Promise.race([ready, ended]);
      if (typeof first !== 'string') throw new Error(`${block} ended with ${first.code}: ${first.output}`);
      env.AH_REST_BASE = first.replace('0.0.0.0', '127.0.0.1');
      return env.AH_REST_BASE;
    },
    async interrupt() {
      const all = serving.splice(0);
      for (const { child } of all) {
        // Ctrl-C goes to everybody in the terminal's foreground.
        if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
      }
      const ends = await Promise.all(all.map(({ ended }) => ended));
      return ends.at(-1) ?? { code: null, output: '' };
    },
  };
};

const exitOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
