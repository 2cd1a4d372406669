import type { HarborClient } from '@agent-harbor/rest-client';
import type { CommandEntry, Wishes } from './command.ts';
import { connectTo } from './connect.ts';
import type { Io } from './io.ts';
import { createProgress } from './progress.ts';
import type { Settings } from './settings/read-settings.ts';
import { safeJson } from './terminal/clean.ts';
import { isColoured, renderLine, type Text } from './terminal/text.ts';

/** What a command works with. */
export interface Context {
  /** Every command there is. */
  readonly commands: readonly CommandEntry[];
  readonly io: Io;
  /** Whether standard output is read by a program. */
  readonly json: boolean;
  /** The width lines are cut to: at a terminal only, as whoever reads a pipe wants the whole. */
  readonly columns: number | undefined;
  /** Writes lines, each made safe for a terminal. */
  print(...lines: readonly Text[]): Promise<void>;
  /** The same, however many they are. */
  printAll(lines: readonly Text[]): Promise<void>;
  /** The same on standard error: about the work, not its result. */
  note(...lines: readonly Text[]): Promise<void>;
  /**
   * Names what is done now, or how far it is: said to a person at a terminal when nothing was written for a second, and
   * taken away by what is written next.
   */
  doing(what: string): void;
  /** Writes one JSON value on one line. */
  printJson(value: unknown): Promise<void>;
  /**
   * Writes lines as they come: at a terminal by way of a pager, when there is one and it is not declined. What is left to
   * write when the person leaves the pager is not made any more.
   */
  page(lines: AsyncIterable<readonly Text[]>, wantsPager: boolean): Promise<void>;
  /** Prints a value for programs, or lines for people. */
  show(value: unknown, lines: () => readonly Text[]): Promise<void>;
  /** What flags, environment and configuration file say. */
  settings(): Promise<Settings>;
  /** The server, connected to at the first call and closed when the command ends. */
  client(options?: { readonly attempts?: number }): Promise<HarborClient>;
}

export interface ContextOptions extends Wishes {
  readonly commands: readonly CommandEntry[];
  readonly settings: () => Promise<Settings>;
}

/** A context, and what closes it. */
export const createContext = (
  process: Io,
  { commands, json, color, settings }: ContextOptions,
): { readonly context: Context; close(): Promise<void> } => {
  const { io, doing, end } = createProgress(process, !json);
  const { stdout, stderr } = io;
  const isOutColoured = isColoured(stdout, io.env, color);
  const isErrColoured = isColoured(stderr, io.env, color);
  const render = (lines: readonly Text[], coloured: boolean) =>
    lines.map((line) => `${renderLine(line, coloured)}\n`).join('');
  let read: Promise<Settings> | undefined;
  let client: Promise<HarborClient> | undefined;
  const context: Context = {
    commands,
    io,
    json,
    get columns() {
      return stdout.isTTY === true ? stdout.columns : undefined;
    },
    print: (...lines) => context.printAll(lines),
    printAll: (lines) => stdout.write(render(lines, isOutColoured)),
    async page(lines, wantsPager) {
      const pager = wantsPager ? await io.openPager() : undefined;
      const write = pager === undefined ? (text: string) => stdout.write(text) : pager.write;
      try {
        for await (const some of lines) {
          if (pager?.isLeft === true) break;
          await write(render(some, isOutColoured));
        }
      } finally {
        await pager?.close();
      }
    },
    // Whether anybody reads it or not, it does not decide how the command ends.
    note: (...lines) => stderr.write(render(lines, isErrColoured)).catch(() => undefined),
    doing,
    printJson: (value) => stdout.write(`${safeJson(value)}\n`),
    show: (value, lines) => (json ? context.printJson(value) : context.printAll(lines())),
    settings() {
      read ??= settings();
      return read;
    },
    client(options) {
      doing('Waiting for the server');
      client ??= context
        .settings()
        .then((known) => connectTo(known.restBase, known, { ...options, traceparent: io.env.TRACEPARENT }));
      return client;
    },
  };
  return {
    context,
    async close() {
      await end();
      await (await client?.catch(() => undefined))?.close();
    },
  };
};
