import { type Io, OutputClosed } from '../io.ts';
import type { Pager } from '../terminal/pager.ts';

/** Standard input and output of a test, and what was written. */
export interface FakeIo extends Io {
  readonly out: () => string;
  readonly err: () => string;
  /** Presses Ctrl-C. */
  readonly interrupt: () => void;
  /** Resolves as soon as standard output holds the text. */
  readonly seen: (text: string) => Promise<void>;
  /** Nobody reads standard output any more. */
  readonly closeOutput: () => void;
}

export interface FakeIoOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string;
  readonly isTTY?: boolean;
  /** Whether standard error is a terminal. */
  readonly isErrTTY?: boolean;
  readonly columns?: number;
  readonly pager?: Pager;
}

export const createFakeIo = (options: FakeIoOptions = {}): FakeIo => {
  let out = '';
  let err = '';
  let isClosed = false;
  const waiting = new Set<() => void>();
  const controller = new AbortController();
  const { env = {}, cwd = '/nowhere', stdin = '', isTTY, columns } = options;
  return {
    stdout: {
      isTTY,
      columns,
      async write(text) {
        if (isClosed) throw new OutputClosed();
        out += typeof text === 'string' ? text : Buffer.from(text).toString();
        for (const look of [...waiting]) look();
      },
    },
    stderr: {
      isTTY: options.isErrTTY,
      columns,
      async write(text) {
        err += String(text);
      },
    },
    readStdin: async () => stdin,
    readStdinBytes: async () => Buffer.from(stdin),
    seat: undefined,
    openPager: async () => options.pager,
    // Nothing of the machine the tests run on.
    env: { AH_HOME: '/nowhere', XDG_CONFIG_HOME: '/nowhere', APPDATA: '/nowhere', ...env },
    cwd,
    program: ['/usr/bin/node', '/opt/ah.js'],
    interrupted: controller.signal,
    out: () => out,
    err: () => err,
    interrupt: () => controller.abort(),
    closeOutput: () => {
      isClosed = true;
    },
    seen: (text) =>
      new Promise((resolve) => {
        const look = () => {
          if (!out.includes(text)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
};
