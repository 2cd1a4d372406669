import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { programs } from './bundle.ts';

/** How one process of the server is started; the next one may be started in another way. */
interface Start {
  /** What runs the server: `['strace', '-f', …]`. */
  readonly wrap?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Settings of this process, over those of the server. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** A guard that is missing in this process: the name of a mutation. */
  readonly mutation?: string;
  /** How long it may take until it serves, milliseconds. */
  readonly readyMs?: number;
}

export interface ServerSetting {
  readonly stateDir: string;
  /** Members of `ServerConfig`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** `ah`: the access point as users run it, with no route to append. Settings are then its flags, in `args`. */
  readonly program?: 'append-server' | 'ah';
  readonly args?: readonly string[];
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The server ended before it served. */
export class EndedEarly extends Error {
  readonly exit: Exit;

  constructor(exit: Exit, stderr: string) {
    super(`The server ended with ${exit.signal ?? exit.code} before it served: ${stderr}`);
    this.exit = exit;
  }
}

/** A server as a real process, which dies and is started again on the same state directory and port. */
export interface ServerUnderTest {
  readonly stateDir: string;
  /** Where it serves, or served last. */
  readonly url: string;
  /** Of the process that serves, or served last. */
  readonly pid: number;
  readonly isUp: boolean;
  /** How often it was started. */
  readonly starts: number;
  /** What all processes have said on standard error. */
  stderr(): string;
  /** Starts a process; resolves when it serves. Rejects with `EndedEarly` when it ends before. */
  start(how?: Start): Promise<void>;
  /** Sends SIGKILL and waits for the end. */
  kill(): Promise<Exit>;
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<Exit>;
  /** How the process of now ends, by itself or not. */
  exited(): Promise<Exit>;
  /** Resolves when it serves: at once, or when it is started again. Rejects when the signal fires. */
  up(signal?: AbortSignal): Promise<void>;
  key(): Promise<string>;
  /** Asks it, with the key of its host. Rejects when no answer comes. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** The same for an answer of JSON that is a success. */
  json(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<JsonAnswer>;
}

type JsonAnswer = Record<string, unknown>;

export const createServerUnderTest = (setting: ServerSetting): ServerUnderTest => {
  const { stateDir } = setting;
  let child: ChildProcess | undefined;
  let exit: Promise<Exit> = Promise.resolve({ code: null, signal: null });
  let ready = { url: '', pid: 0, keyFile: '' };
  let isUp = false;
  let starts = 0;
  let errors = '';
  let key: string | undefined;
  const waiting = new Set<() => void>();

  const launch = async (how: Start, port: number): Promise<void> => {
    const { wrap = [], env = {} } = how;
    const command = [...wrap, process.execPath, ...(await commandOf(setting, how, port))];
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(?:AH_|VITEST|NODE_ENV|NODE_OPTIONS)/.test(name),
    );
    const [program = '', ...args] = command;
    const started = spawn(program, args, {
      env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    starts += 1;
    let said = '';
    started.stderr.on('data', (text: Buffer) => {
      said += text;
      errors = `${errors}${text}`.slice(-200_000);
    });
    exit = new Promise((resolve, reject) => {
      started.once('error', reject);
      started.once('close', (code, signal) => {
        isUp = false;
        resolve({ code, signal });
      });
    });
    exit.catch(() => undefined);
    ready = announcement(await firstLine(started, exit, () => said, how.readyMs ?? 60_000));
    isUp = true;
    for (const wake of [...waiting]) wake();
  };

  const signalled = async (signal: NodeJS.Signals): Promise<Exit> => {
    try {
      if (isUp) process.kill(ready.pid, signal);
    } catch (error) {
      // It has just ended by itself, and nobody was told yet.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
    return exit;
  };

  const server: ServerUnderTest = {
    stateDir,
    get url() {
      return ready.url;
    },
    get pid() {
      return ready.pid;
    },
    get isUp() {
      return isUp;
    },
    get starts() {
      return starts;
    },
    stderr: () => errors,
    async start(how = {}) {
      if (isUp) throw new Error('The server runs already.');
      const port = ready.url === '' ? 0 : Number(new URL(ready.url).port);
      // Somebody else may have got the port meanwhile: then it is another one, and nobody here minds.
      await launch(how, port).catch((error: unknown) => {
        if (port === 0 || !(error instanceof EndedEarly) || !/ is held by /.test(error.message)) throw error;
        return launch(how, 0);
      });
    },
    kill: () => {
      // Before it serves there is only the process that was started.
      if (!isUp) child?.kill('SIGKILL');
      return signalled('SIGKILL');
    },
    stop: () => signalled('SIGTERM'),
    exited: () => exit,
    up: (signal) =>
      new Promise((resolve, reject) => {
        const settle = () => {
          waiting.delete(settle);
          signal?.removeEventListener('abort', settle);
          if (signal?.aborted) reject(signal.reason);
          else resolve();
        };
        if (isUp || signal?.aborted) return settle();
        waiting.add(settle);
        signal?.addEventListener('abort', settle);
      }),
    async key() {
      key ??= (await readFile(ready.keyFile, 'utf8')).trim();
      return key;
    },
    call: async (method, path, body, headers = {}) =>
      fetch(`${ready.url}${path}`, {
        method,
        headers: {
          authorization: `ApiKey ${await server.key()}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    async json(...request) {
      const response = await server.call(...request);
      const text = await response.text();
      if (!response.ok) throw new Error(`${request[0]} ${request[1]} answered ${response.status}: ${text}`);
      return text === '' ? {} : JSON.parse(text);
    },
  };
  return server;
};

const commandOf = async (
  { stateDir, settings = {}, program = 'append-server', args = [] }: ServerSetting,
  how: Start,
  port: number,
): Promise<string[]> => {
  const made = await programs(how.mutation);
  if (program === 'ah') {
    const flags = ['--json', '--port', String(port), '--state-dir', stateDir];
    return [made.ah, 'agent', 'access-point', ...flags, ...args];
  }
  const { recorderCommand, forkServerCommand, mockAgentCommand } = made;
  const usual = {
    stateDir,
    port,
    recorderCommand,
    forkServerCommand,
    mockAgentCommand,
    rateLimit: { requests: 10 ** 9, windowSeconds: 60 },
  };
  return [made.appendServer, JSON.stringify({ ...usual, ...settings, ...how.settings })];
};

const firstLine = async (
  child: ChildProcess,
  exit: Promise<Exit>,
  said: () => string,
  readyMs: number,
): Promise<string> => {
  if (child.stdout === null) throw new Error('The server has no output.');
  const lines = createInterface({ input: child.stdout });
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), readyMs);
  try {
    return await Promise.race([
      new Promise<string>((resolve) => lines.once('line', resolve)),
      exit.then((how) => {
        throw new EndedEarly(how, said());
      }),
      new Promise<never>((_, reject) => {
        late.signal.addEventListener('abort', () => {
          child.kill('SIGKILL');
          reject(new Error(`The server did not serve within ${readyMs} ms: ${said()}`));
        });
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
};

const announcement = (line: string): { url: string; pid: number; keyFile: string } => {
  const { url, pid, keyFile }: JsonAnswer = JSON.parse(line);
  if (typeof url !== 'string' || typeof pid !== 'number' || typeof keyFile !== 'string')
    throw new Error(`Not a ready line: ${line}`);
  return { url, pid, keyFile };
};
