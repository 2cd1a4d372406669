import { Socket } from 'node:net';

/** A program in a terminal of its own. */
export interface TerminalProcess {
  readonly pid: number;
  /** Bytes for the program, as if somebody typed them. */
  write(bytes: Buffer): void;
  /** How many bytes were written and not taken yet. */
  unread(): number;
  resize(cols: number, rows: number): void;
  /** Holds the output back, and lets it come again. */
  pause(): void;
  resume(): void;
  onData(take: (bytes: Buffer) => void): void;
  /** Called once, after the last output. */
  onExit(take: (exit: { readonly exitCode: number; readonly signal?: number | undefined }) => void): void;
}

interface TerminalOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cols: number;
  readonly rows: number;
}

/** Starts a program in a terminal, at once, as the leader of a session of its own. */
export type SpawnInTerminal = (argv: readonly string[], options: TerminalOptions) => TerminalProcess;

/** What terminals of this host are called in the environment of their programs. */
export const terminalName = 'xterm-256color';

/** Loads what makes terminals; rejects on a host it was not built for. */
export const loadTerminals = async (): Promise<SpawnInTerminal> => {
  // A native module, for the few who need it: whoever has none starts all the same.
  const { spawn } = await import('@lydell/node-pty');
  const isWindows = process.platform === 'win32';
  return ([program = '', ...args], { cwd, env, cols, rows }) => {
    const terminal = spawn(program, args, {
      name: terminalName,
      cwd,
      env: { ...env },
      cols,
      rows,
      // Bytes as they are; Windows knows text only.
      ...(isWindows ? {} : { encoding: null }),
    });
    // Text, say the types of the library; what it is given goes to a socket.
    const writer: { write(data: string | Uint8Array): void } = terminal;
    return {
      pid: terminal.pid,
      write: (bytes) => writer.write(isWindows ? bytes.toString('utf8') : bytes),
      unread: () => {
        // The library does not say; where it says so in another way one day, nothing is held back.
        const socket: unknown = Reflect.get(terminal, '_socket');
        return socket instanceof Socket ? socket.writableLength : 0;
      },
      resize: (width, height) => terminal.resize(width, height),
      pause: () => terminal.pause(),
      resume: () => terminal.resume(),
      onData: (take) =>
        void terminal.onData((data: unknown) => {
          // Without an encoding these are bytes, whatever the types of the library say.
          take(data instanceof Uint8Array ? Buffer.from(data) : Buffer.from(String(data)));
        }),
      onExit: (take) => void terminal.onExit(take),
    };
  };
};

/** Why no agent can run in a terminal here; undefined when it can. */
export const terminalTrouble = async (): Promise<string | undefined> => {
  try {
    await loadTerminals();
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  }
};
