import { type CommandResult, runCommand } from './run-command.ts';

/** Commands that run in the background of a session. */
export interface Shells {
  /** Starts one and gives its id: `shell-1`, `shell-2`, … */
  start(argv: readonly string[], cwd: string): string;
  /** What it printed since it was last asked, and how it ended where it did; undefined where there is none. */
  read(id: string): { readonly output: string; readonly result: CommandResult | undefined } | undefined;
  /** Ends it and gives the same, once it is over. */
  end(id: string): Promise<ReturnType<Shells['read']>>;
  /** Ends all of them. */
  close(): Promise<void>;
}

interface Shell {
  output: string;
  read: number;
  result: CommandResult | undefined;
  readonly over: Promise<void>;
  readonly ending: AbortController;
}

export const createShells = (): Shells => {
  const shells = new Map<string, Shell>();
  const read: Shells['read'] = (id) => {
    const shell = shells.get(id);
    if (shell === undefined) return undefined;
    const output = shell.output.slice(shell.read);
    shell.read = shell.output.length;
    return { output, result: shell.result };
  };
  const end = async (id: string): Promise<void> => {
    const shell = shells.get(id);
    shell?.ending.abort();
    await shell?.over;
  };
  return {
    start(argv, cwd) {
      const id = `shell-${shells.size + 1}`;
      const ending = new AbortController();
      const hear = (output: string) => {
        shell.output = output;
      };
      const over = runCommand(argv, cwd, ending.signal, hear).then((result) => {
        shell.output = result.output;
        shell.result = result;
      });
      const shell: Shell = { output: '', read: 0, result: undefined, over, ending };
      shells.set(id, shell);
      return id;
    },
    read,
    async end(id) {
      await end(id);
      return read(id);
    },
    async close() {
      await Promise.all([...shells.keys()].map(end));
    },
  };
};
