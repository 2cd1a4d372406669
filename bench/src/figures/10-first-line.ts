import { join } from 'node:path';
import { type Contender, type Figure, ratio, take } from '../figure.ts';
import { openAccessPoint } from '../load/access-point.ts';
import { createConnection } from '../load/connection.ts';
import { repositoryOf } from '../load/repository.ts';
import { encodeRequest, type RequestBytes } from '../load/requests.ts';
import { subscribe } from '../load/subscriber.ts';
import { openNaive, openRaw, type Target } from '../load/targets.ts';
import type { Stage } from '../stage.ts';
import { spreadOf } from '../statistics.ts';

const files = 2_000;
const launches = 5;
/** As long as a server may take to make ready for the next one. */
const pauseMs = 1_000;

/** A server that takes tasks. */
interface Taker {
  readonly port: number;
  readonly events: RequestBytes;
  task(command: readonly string[], repository: string | undefined): RequestBytes;
  close(): Promise<void>;
}

const open = async (stage: Stage, taker: Taker): Promise<Contender> => {
  const repository = await repositoryOf(stage, stage.sized(files));
  let number = 0;
  /** From the request to the agent's first line on the stream, ms: the median of a few. */
  const launch = async (
    agent: (line: string) => readonly string[],
    repo: string | undefined,
    pause: number,
  ): Promise<number> => {
    let awaited = '';
    let text = '';
    let seen = () => {};
    const subscriber = await subscribe({
      port: taker.port,
      request: taker.events,
      onChunk: (chunk) => {
        text = text.slice(-200) + chunk.toString('utf8');
        if (awaited !== '' && text.includes(awaited)) seen();
      },
    });
    const times: number[] = [];
    for (let count = 0; count < launches; count++) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      const line = `first-line-${++number}`;
      const connection = await createConnection(taker.port);
      const request = encodeRequest(taker.task(agent(line), repo));
      awaited = `"message":"${line}`;
      const from = performance.now();
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`${line} never came.`)), 30_000);
        seen = () => {
          clearTimeout(timer);
          resolve();
        };
        connection.send(request).catch(reject);
      });
      times.push(performance.now() - from);
      awaited = '';
      connection.close();
    }
    subscriber.close();
    return spreadOf(times).median;
  };
  const shell = (line: string) => ['sh', '-c', `echo ${line}`];
  const node = (line: string) => [process.execPath, '-e', `console.log('${line}')`];
  // The first task on a repository fetches it.
  await launch(shell, repository, 0);
  return {
    round: async () => ({
      shell: await launch(shell, undefined, pauseMs),
      node: await launch(node, undefined, pauseMs),
      cold: await launch(shell, repository, 0),
      warm: await launch(shell, repository, pauseMs),
    }),
    close: () => taker.close(),
  };
};

const openOursFor = async (stage: Stage): Promise<Taker> => {
  const { program, port, headers } = await openAccessPoint(stage.folder('tasks'), {
    everyCore: true,
    flags: ['--workspace-pool', '1'],
  });
  return {
    port,
    events: { method: 'GET', path: '/api/v1/events', headers: { ...headers, Accept: 'text/event-stream' } },
    task: (command, repository) => ({
      method: 'POST',
      path: '/api/v1/tasks',
      headers,
      body: JSON.stringify({
        prompt: 'Say something',
        repo: repository === undefined ? { mode: 'none' } : { mode: 'git', url: repository },
        delivery: { mode: 'none' },
        agents: [{ type: 'command', settings: { command } }],
      }),
    }),
    close: () => program.stop(),
  };
};

/** A server that makes what it is told to: what it streams is at `live`. */
const openPlainFor = (stage: Stage, { port, close }: Target, live: string): Taker => {
  let tasks = 0;
  return {
    port,
    events: { method: 'GET', path: live },
    task: (command, repository) => ({
      method: 'POST',
      path: '/tasks',
      body: JSON.stringify({
        id: `task-${++tasks}`,
        command,
        ...(repository === undefined ? {} : { repository, workspace: join(stage.folder('place'), 'tree') }),
      }),
    }),
    close,
  };
};

export const firstLine: Figure = {
  number: 10,
  name: 'From a task to the first line',
  what: 'From the request that makes a task to the first line of its agent on the stream of all events, both durable. With a repository of 2,000 files: one task right behind the other (cold), and after a pause (warm).',
  measures: 'latency',
  samples: {
    shell: 'ms, an agent in a shell',
    node: 'ms, an agent in Node',
    cold: 'ms, a shell and 2,000 files, cold',
    warm: 'ms, a shell and 2,000 files, warm',
  },
  variants: [
    {
      name: 'raw',
      is: 'node:http, a commit, spawn, a commit; `git worktree add` in the repository itself',
      open: async (stage) =>
        open(stage, openPlainFor(stage, await openRaw(stage, { everyCore: true }), '/live')),
    },
    {
      name: 'naive',
      is: 'Express, `git clone` of the repository, one commit per line, an encoding per reader',
      open: async (stage) =>
        open(stage, openPlainFor(stage, await openNaive(stage, { everyCore: true }), '/events/1000000')),
    },
    {
      name: 'ours',
      is: '`ah agent access-point --workspace-pool 1`, a recorder per session',
      open: async (stage) => open(stage, await openOursFor(stage)),
    },
  ],
  judgements: [
    { name: 'shell', of: 'time with a shell, to raw', unit: '×', value: ratio('shell') },
    { name: 'node', of: 'time with Node, to raw', unit: '×', value: ratio('node') },
    { name: 'workspace', of: 'time with 2,000 files, cold, to raw', unit: '×', value: ratio('cold') },
    {
      name: 'warm',
      of: 'time with 2,000 files, warm',
      unit: 'ms',
      value: (round) => take(round, 'ours', 'warm'),
    },
  ],
};
