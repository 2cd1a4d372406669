import { spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { type ForkServerMessage, forkServerVersion, isStart, type StartMessage } from './message.ts';

// The fork server's program: starts programs for the process that started it, whose socket is the last argument, and ends
// with it. To start a program the system copies what it knows of the starting process's memory; this one has little.
const path = process.argv.at(-1);
if (path === undefined || !process.connected) {
  process.stderr.write('This program is started by the server, with its socket as the argument.\n');
  process.exit(2);
}

const tell = (message: ForkServerMessage): void => {
  // Whoever is not there any more is told nothing.
  if (process.connected) process.send?.(message, () => {});
};

/** The program gets the sockets themselves: what it reads and prints does not pass through here. */
const start = async ({ id, argv, cwd, env, stdin, stdout, stderr }: StartMessage, path: string) => {
  const sockets: Socket[] = [];
  const open = async (token: string) => {
    const socket = await introduced(path, token);
    sockets.push(socket);
    return socket;
  };
  try {
    const [program = '', ...args] = argv;
    const input = stdin === null ? 'ignore' : await open(stdin);
    const child = spawn(program, args, {
      ...(cwd === undefined ? {} : { cwd }),
      env,
      stdio: [input, await open(stdout), await open(stderr)],
      detached: true,
    });
    child.on('error', (error) => fail(id, error));
    if (child.pid === undefined) return;
    tell({ started: id, pid: child.pid });
    child.on('exit', (exitCode) => tell({ ended: id, exitCode }));
  } catch (error) {
    fail(id, error);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
};

const fail = (id: number, error: unknown): void => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  tell({ failed: id, code, words: error instanceof Error ? error.message : String(error) });
};

/** A socket that has said what it is for. */
const introduced = (path: string, token: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ path, allowHalfOpen: true });
    socket.once('error', reject);
    socket.once('connect', () => socket.write(Buffer.from(token, 'hex'), () => resolve(socket)));
  });

process.on('message', (message: unknown) => {
  if (isStart(message)) void start(message, path);
});
process.once('disconnect', () => process.exit(0));
tell({ ready: forkServerVersion });
