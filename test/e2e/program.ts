import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The program as users run it. */
const program = fileURLToPath(new URL('../../apps/cli/dist/ah.js', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of the test's own, removed by `remove`. */
export const temporaryFolder = async (): Promise<{ path: string; remove: () => Promise<void> }> => {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'ah-e2e-')));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
};

/** Starts `ah`; the environment is the test's own plus `env`, without what a developer may have set for `ah`. */
export const startAh = (args: readonly string[], env: Record<string, string> = {}): ChildProcess => {
  if (!existsSync(program)) {
    throw new Error(
      'The program is not built: run `npm test`, or `pnpm exec turbo run build --filter=@agent-harbor/cli`.',
    );
  }
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('AH_'));
  return spawn(process.execPath, [program, ...args], {
    env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
};

/** Runs `ah` to its end. */
export const runAh = async (args: readonly string[], env: Record<string, string> = {}): Promise<Finished> => {
  const child = startAh(args, env);
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const { code, signal } = await exitOf(child);
  return { code, signal, stdout: stdout(), stderr: stderr() };
};

/** A server that is ready, as it announced itself. */
export interface RunningServer {
  readonly url: string;
  readonly pid: number;
  readonly stateDir: string;
  readonly key: () => Promise<string>;
  /** SIGTERM, then the exit. */
  stop(): Promise<Finished>;
  /** SIGKILL, then the exit. */
  kill(): Promise<void>;
}

/** `ah agent access-point --json` on a free port; resolves with its ready line. */
export const startServer = (stateDir: string, args: readonly string[] = []): Promise<RunningServer> =>
  startAnnounced(['agent', 'access-point', '--json', '--port', '0', '--state-dir', stateDir, ...args]);

/** `ah mock-server --json` on a free port, without the demo data. */
export const startMock = (stateDir: string, args: readonly string[] = []): Promise<RunningServer> =>
  startAnnounced([
    ...['mock-server', '--json', '--port', '0', '--data', 'empty', '--state-dir', stateDir],
    ...args,
  ]);

const startAnnounced = async (args: readonly string[]): Promise<RunningServer> => {
  const child = startAh(args);
  const stderr = collect(child.stderr);
  const exited = exitOf(child);
  const line = await firstLine(child, exited, stderr);
  const ready: unknown = JSON.parse(line);
  const { url, pid, stateDir, keyFile } = announcement(ready);
  const finished = async (): Promise<Finished> => ({ ...(await exited), stdout: '', stderr: stderr() });
  return {
    url,
    pid,
    stateDir,
    key: async () => (await import('node:fs/promises')).readFile(keyFile, 'utf8').then((text) => text.trim()),
    async stop() {
      child.kill('SIGTERM');
      return finished();
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
};

/** The line a program says when it is ready, or why there is none. */
export const firstLine = async (
  child: ChildProcess,
  exited: Promise<{ code: number | null }>,
  stderr: () => string,
): Promise<string> => {
  if (child.stdout === null) throw new Error('The program has no output.');
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([
    new Promise<string>((resolve) => lines.once('line', resolve)),
    exited.then(({ code }) => {
      throw new Error(`The server ended with ${code} before it was ready: ${stderr()}`);
    }),
  ]);
  return line;
};

const announcement = (ready: unknown): { url: string; pid: number; stateDir: string; keyFile: string } => {
  if (
    typeof ready === 'object' &&
    ready !== null &&
    'url' in ready &&
    'pid' in ready &&
    'stateDir' in ready &&
    'keyFile' in ready
  ) {
    const { url, pid, stateDir, keyFile } = ready;
    if (
      typeof url === 'string' &&
      typeof pid === 'number' &&
      typeof stateDir === 'string' &&
      typeof keyFile === 'string'
    ) {
      return { url, pid, stateDir, keyFile };
    }
  }
  throw new Error(`Not a ready line: ${JSON.stringify(ready)}`);
};

export const exitOf = (
  child: ChildProcess,
): Promise<{ code: number | null; signal: NodeJS.Signals | null }> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });

export const collect = (stream: NodeJS.ReadableStream | null): (() => string) => {
  const chunks: Buffer[] = [];
  stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
};
