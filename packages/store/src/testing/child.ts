import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const program = fileURLToPath(new URL('./append-until-killed.ts', import.meta.url));

export interface Child {
  readonly pid: number;
  /** Resolves with all lines so far once there are `count`. */
  lines(count: number): Promise<readonly string[]>;
  /** SIGKILL; resolves with every line it printed once it is gone. */
  kill(): Promise<readonly string[]>;
}

/** Starts the program that appends until it is killed. */
export const startChild = (path: string): Child => {
  const child: ChildProcess = spawn(execPath, ['--conditions=@agent-harbor/source', program, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { stdout, pid } = child;
  if (stdout === null || pid === undefined) throw new Error('the child did not start');
  const closed = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  const lines: string[] = [];
  const reader = createInterface({ input: stdout });
  reader.on('line', (line) => lines.push(line));
  return {
    pid,
    async lines(count) {
      while (lines.length < count) {
        await Promise.race([
          once(reader, 'line'),
          closed.then(() => {
            throw new Error('the child ended');
          }),
        ]);
      }
      return [...lines];
    },
    async kill() {
      child.kill('SIGKILL');
      await closed;
      return [...lines];
    },
  };
};
