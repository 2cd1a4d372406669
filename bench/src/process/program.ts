import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import { onEveryCore, onServerCore } from './pin.ts';
import { programs } from './programs.ts';
import { cpuTime, residentMemory } from './usage.ts';

/** A process that is measured. */
export interface Program {
  readonly pid: number;
  /** What its first line on standard output said. */
  readonly said: unknown;
  /** Processor time so far, all threads, µs. */
  cpu(): Promise<number>;
  /** Memory in MiB, after a collection where it is a Node program. */
  memory(): Promise<number>;
  /** The longest turn of its event loop while work is done; of a Node program. */
  turnsDuring(work: () => Promise<unknown>): Promise<Turns>;
  /** Resolves with how it ended, when it ends. */
  readonly gone: Promise<string>;
  /** Ends it, and resolves when it is gone. */
  stop(): Promise<void>;
}

/** The longest turn of an event loop, ms. */
const Turns = z.object({
  /** On the wall, also while the machine did something else. */
  stall: z.number(),
  /** Of processor time of the thread: its own doing, however busy the machine is. */
  slice: z.number(),
});
type Turns = z.infer<typeof Turns>;

export interface ProgramOptions {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Options of Node before the program; undefined where it is no Node program. */
  readonly node?: readonly string[] | undefined;
  /** Whether to wait for a line of JSON on standard output. True by default. */
  readonly announces?: boolean | undefined;
  /** Whether it may use every core: for what starts processes of its own. */
  readonly everyCore?: boolean | undefined;
}

const Usage = z.object({ cpu: z.number(), rss: z.number() });

/** Every process that was started and has not ended. */
const running = new Map<ChildProcess, () => Promise<void>>();

/** What the profilers of every Node program that runs now say of its work. */
export const profileDuring = async (work: () => Promise<unknown>): Promise<unknown[]> => {
  const programs = [...running.keys()].filter(({ connected }) => connected);
  const ask = async (wish: 'profile' | 'profile-end') =>
    Promise.all(
      programs.map(async (child) => {
        const answer = once(child, 'message');
        child.send(wish);
        return (await answer)[0];
      }),
    );
  await ask('profile');
  await work();
  return (await ask('profile-end')).map((answer) => Profile.parse(answer).profile);
};
const Profile = z.object({ profile: z.unknown() });

/** Ends whatever still runs: in good order, so that servers end their sessions, and then for certain. */
export const endAll = async (): Promise<void> => {
  await Promise.all([...running.values()].map((stop) => stop()));
};

/** Starts a program on the core of servers. Rejects with what it complained of when it ends before it is ready. */
export const startProgram = async (options: ProgramOptions): Promise<Program> => {
  const { argv, env = {}, node, announces = true } = options;
  const words =
    node === undefined
      ? argv
      : [process.execPath, '--expose-gc', `--import=${programs.watch}`, ...node, ...argv];
  const [command = '', ...args] = options.everyCore === true ? onEveryCore(words) : onServerCore(words);
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('AH_'));
  const child = spawn(command, args, {
    env: { ...Object.fromEntries(inherited), NODE_NO_WARNINGS: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe', ...(node === undefined ? [] : ['ipc' as const])],
  });
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString('utf8')).slice(-4000);
  });
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`it ended with ${code ?? signal}`));
  }).finally(() => running.delete(child));
  const stop = async () => {
    child.kill('SIGTERM');
    const insist = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(insist);
  };
  running.set(child, stop);
  const line = announces ? await firstLine(child, gone, () => complaints) : 'null';
  child.stdout?.resume();
  const { pid = 0 } = child;

  const ask = (wish: 'usage' | 'collect') =>
    new Promise<z.infer<typeof Usage>>((resolve, reject) => {
      child.once('message', (answer) => resolve(Usage.parse(answer)));
      child.send(wish, (error) => (error === null ? undefined : reject(error)));
    });
  return {
    pid,
    said: JSON.parse(line),
    async cpu() {
      return cpuTime(pid) ?? (await ask('usage')).cpu;
    },
    async memory() {
      // Twice: what the first collection freed is given back with the second.
      if (node !== undefined) await ask('collect');
      const inside = node === undefined ? undefined : (await ask('collect')).rss;
      const memory = residentMemory(pid) ?? inside;
      if (memory === undefined) throw new Error(`The memory of process ${pid} cannot be read.`);
      return memory;
    },
    async turnsDuring(work) {
      const answerTo = async (wish: 'turns' | 'turns-end'): Promise<unknown> => {
        const answer = once(child, 'message');
        child.send(wish);
        return (await answer)[0];
      };
      await answerTo('turns');
      await work();
      return Turns.parse(await answerTo('turns-end'));
    },
    gone: gone.then((how) => `${how}. ${complaints}`),
    stop,
  };
};

const firstLine = (child: ChildProcess, gone: Promise<string>, complaints: () => string): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    const listen = (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const end = text.indexOf('\n');
      if (end < 0) return;
      child.stdout?.off('data', listen);
      resolve(text.slice(0, end));
    };
    child.stdout?.on('data', listen);
    void gone.then((how) => reject(new Error(`${child.spawnargs.join(' ')}: ${how}. ${complaints()}`)));
  });
