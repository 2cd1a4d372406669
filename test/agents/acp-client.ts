import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

type Members = Readonly<Record<string, unknown>>;

/** A program that speaks the Agent Client Protocol, talked with line by line: nothing of ours stands between. */
export interface AcpClient {
  request(method: string, params: object): Promise<Members>;
  notify(method: string, params: object): void;
  /** The session updates it told, in order. */
  readonly updates: readonly Members[];
  close(): Promise<void>;
}

const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null ? { ...value } : {};

export const startAcp = (
  [program = '', ...args]: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): AcpClient => {
  const child: ChildProcess = spawn(program, args, {
    ...options,
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  const exited = once(child, 'exit');
  const waiting = new Map<unknown, PromiseWithResolvers<Members>>();
  const updates: Members[] = [];
  let count = 0;
  const send = (message: object) => child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const hear = ({ id, method, params, result, error }: Members) => {
    if (method === 'session/update') updates.push(membersOf(membersOf(params).update));
    else if (method !== undefined && id !== undefined)
      send({ id, error: { code: -32601, message: 'This client has nothing for agents.' } });
    else if (error !== undefined) waiting.get(id)?.reject(new Error(JSON.stringify(error)));
    else waiting.get(id)?.resolve(membersOf(result));
  };
  createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
    if (line.startsWith('{')) hear(membersOf(JSON.parse(line)));
  });
  return {
    updates,
    async request(method, params) {
      count += 1;
      const answer = Promise.withResolvers<Members>();
      waiting.set(count, answer);
      send({ id: count, method, params });
      const gone = exited.then(() =>
        Promise.reject(new Error(`The agent ended before it answered ${method}.`)),
      );
      return Promise.race([answer.promise, gone]);
    },
    notify: (method, params) => void send({ method, params }),
    async close() {
      // With all it started.
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      await exited;
    },
  };
};
