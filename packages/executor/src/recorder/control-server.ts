import { createServer, type Socket } from 'node:net';
import type { Clock } from '@agent-harbor/core';
import { createLineSplitter } from '../journal/line-splitter.ts';
import { wait } from '../process/wait.ts';
import { complain } from './complain.ts';
import {
  type Command,
  commandLimit,
  controlVersion,
  encodeMessage,
  readCommand,
  refusalOf,
} from './control-message.ts';

/** The recorder's end of the control socket. */
export interface ControlServer {
  /** Tells everybody who is connected how much of the journal is on the disk. */
  announce(durable: number): void;
  /** Tells them the number of the terminal's last frame. */
  show(number: number): void;
  /** Ends the connections once everything was sent, and stops listening. */
  close(): Promise<void>;
}

export interface ControlServerOptions {
  readonly path: string;
  readonly sessionId: string;
  readonly clock: Clock;
  readonly durable: () => number;
  /** The number of the terminal's last frame; 0 without a terminal. */
  readonly shown: () => number;
  /** Resolves when the command is written down; the acknowledgement is sent then. Rejects to refuse it. */
  readonly take: (command: Command) => Promise<void>;
}

const farewellMs = 2_000;

export const listenForCommands = async (options: ControlServerOptions): Promise<ControlServer> => {
  const readers = new Set<Reader>();
  const server = createServer((socket) => {
    const reader = new Reader(socket, options);
    readers.add(reader);
    socket.on('close', () => readers.delete(reader));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.path, resolve);
  });
  server.on('error', (error) => complain('The control socket failed', error));
  return {
    announce(durable) {
      for (const reader of readers) reader.announce(durable);
    },
    show(number) {
      for (const reader of readers) reader.show(number);
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const reader of readers) reader.end();
      // The other side may be stopped or stuck; the recorder does not stay alive for it.
      await Promise.race([closed, wait(options.clock, farewellMs)]);
      for (const reader of readers) reader.cut();
      await closed;
    },
  };
};

/** One server that follows. It is told the newest size only: a slow one never makes anything queue up here. */
class Reader {
  private readonly socket: Socket;
  private readonly options: ControlServerOptions;
  private told: number;
  private shown: number;

  constructor(socket: Socket, options: ControlServerOptions) {
    this.socket = socket;
    this.options = options;
    this.told = options.durable();
    this.shown = options.shown();
    const lines = createLineSplitter(commandLimit, (line) => void this.obey(line));
    socket.on('data', (chunk) => lines.push(chunk));
    socket.on('drain', () => {
      this.announce(options.durable());
      this.show(options.shown());
    });
    // A server that went away is met as `close`; there is nothing to do about it.
    socket.on('error', () => {});
    const { sessionId } = options;
    const hello = { version: controlVersion, sessionId, durable: this.told, shown: this.shown };
    socket.write(encodeMessage({ hello }));
  }

  announce(durable: number): void {
    if (durable <= this.told || this.socket.writableNeedDrain) return;
    this.told = durable;
    this.socket.write(encodeMessage({ durable }));
  }

  show(number: number): void {
    if (number <= this.shown || this.socket.writableNeedDrain) return;
    this.shown = number;
    this.socket.write(encodeMessage({ shown: number }));
  }

  end(): void {
    const durable = this.options.durable();
    if (durable > this.told) this.socket.write(encodeMessage({ durable }));
    this.socket.end();
  }

  cut(): void {
    this.socket.destroy();
  }

  private async obey(line: Buffer): Promise<void> {
    const command = readCommand(line);
    if (command === undefined) return;
    if ('unknown' in command) {
      const reason = `This recorder speaks version ${controlVersion} and does not know the command.`;
      this.socket.write(encodeMessage({ refused: command.unknown, reason }));
      return;
    }
    const { id } = command;
    const answer = await this.options.take(command).then(
      () => ({ taken: id }),
      (error: unknown) => refusalOf(id, error),
    );
    if (this.socket.writable) this.socket.write(encodeMessage(answer));
  }
}
