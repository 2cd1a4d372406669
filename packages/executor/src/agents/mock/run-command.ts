import { spawn } from 'node:child_process';

/** How a command ended, and what it printed on both streams, in the order it came. */
export interface CommandResult {
  readonly output: string;
  readonly code: number | null;
  readonly signal: string | null;
  /** Why there is neither: it could not be started. */
  readonly reason?: string;
}

/** Of a long output the beginning and the end are kept, this much of each. */
const keptCharacters = 32 * 1024;
/** How long a command that was asked to end may take. */
const graceMs = 2_000;
/** How long its pipes may stay open after it, held by what it started and left behind. */
const lingerMs = 500;

/** How long output is gathered before it is told. */
const gatherMs = 50;

/**
 * Runs a program without a shell. When the signal fires it is ended, and its result is whatever it came to. Meanwhile
 * `tell` gets all of its output so far, as long as that is no more than the beginning that is kept.
 */
export const runCommand = (
  argv: readonly string[],
  cwd: string,
  signal: AbortSignal,
  tell: (output: string) => void = () => {},
): Promise<CommandResult> =>
  new Promise((resolve) => {
    const [name = '', ...rest] = argv;
    // A scenario that says `node` means the one at hand: it may not be on the PATH.
    const program = name === 'node' ? process.execPath : name;
    const { AH_MOCK_SETTINGS: _own, ...env } = process.env;
    const output = createKeptOutput();
    const refuse = (error: unknown) =>
      resolve({
        output: '',
        code: null,
        signal: null,
        reason: `${name} cannot be started: ${error instanceof Error ? error.message : String(error)}`,
      });

    const child = (() => {
      try {
        return spawn(program, rest, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
      } catch (error) {
        refuse(error);
        return undefined;
      }
    })();
    if (child === undefined) return;
    let gathering: NodeJS.Timeout | undefined;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output.add(text);
        if (output.isCut()) return;
        gathering ??= setTimeout(() => {
          gathering = undefined;
          if (!output.isCut()) tell(output.text());
        }, gatherMs);
      });
    }

    let killer: NodeJS.Timeout | undefined;
    const stop = () => {
      child.kill('SIGTERM');
      killer = setTimeout(() => child.kill('SIGKILL'), graceMs);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });

    child.once('error', refuse);
    child.once('exit', (code, endedBy) => {
      signal.removeEventListener('abort', stop);
      clearTimeout(killer);
      const settle = () => {
        clearTimeout(linger);
        clearTimeout(gathering);
        if (gathering !== undefined && !output.isCut()) tell(output.text());
        resolve({ output: output.text(), code, signal: endedBy });
      };
      const linger = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
        settle();
      }, lingerMs);
      child.once('close', settle);
    });
  });

const createKeptOutput = () => {
  let head = '';
  let tail = '';
  let cut = 0;
  return {
    add(text: string) {
      const room = keptCharacters - head.length;
      head += text.slice(0, Math.max(0, room));
      tail += text.slice(Math.max(0, room));
      if (tail.length <= 2 * keptCharacters) return;
      cut += tail.length - keptCharacters;
      tail = tail.slice(-keptCharacters);
    },
    isCut: () => tail !== '',
    text: () => (cut === 0 ? head + tail : `${head}\n… [${cut} characters cut] …\n${tail}`),
  };
};
