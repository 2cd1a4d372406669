/**
 * How long the mock client takes to play 1,000 virtual minutes of sessions with 20,000 events, every one of them read
 * by a subscriber: best and median of five runs in seconds of real time, and the least processor time of them. `pnpm --filter @agent-harbor/mock-client bench`
 */
import sinon from 'sinon';
import { createMockClient, createVirtualClock } from '../src/index.ts';
import { workload } from '../src/testing/workload.ts';

interface Shape {
  readonly name: string;
  readonly sessions: number;
  readonly atOnce: number;
}

const minutes = 1_000;
const events = 20_000;

const shapes: readonly Shape[] = [
  { name: '100 sessions of 10 minutes, one after another', sessions: 100, atOnce: 1 },
  { name: '100 sessions, four at once', sessions: 100, atOnce: 4 },
  { name: 'one session of 1,000 minutes', sessions: 1, atOnce: 1 },
];

interface Drive {
  readonly name: string;
  open(): {
    readonly options: Parameters<typeof createMockClient>[0];
    advance(ms: number): Promise<unknown>;
    close(): void;
  };
}

const drives: readonly Drive[] = [
  {
    name: 'fake timers',
    open() {
      const timers = sinon.useFakeTimers({ now: 0, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
      return { options: {}, advance: (ms) => timers.tickAsync(ms), close: () => timers.restore() };
    },
  },
  {
    name: 'virtual clock',
    open() {
      const clock = createVirtualClock();
      return { options: { clock }, advance: (ms) => clock.advance(ms), close: () => {} };
    },
  },
];

interface Run {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly read: number;
}

const play = async ({ sessions, atOnce }: Shape, drive: Drive): Promise<Run> => {
  const scenario = workload('bench', minutes / sessions, events / sessions);
  const { options, advance, close } = drive.open();
  const startedAt = process.hrtime.bigint();
  const cpuBefore = process.cpuUsage();
  const mock = createMockClient({ ...options, scenarios: { bench: scenario }, maxConcurrentTasks: atOnce });
  let read = 0;
  const follow = async (sessionId: string): Promise<void> => {
    for await (const _ of mock.tasks.subscribe(sessionId)) read += 1;
  };
  const session_ids: string[] = [];
  for (let session = 0; session < sessions; session += 1) {
    const { id } = await mock.tasks.launch({
      prompt: 'Work',
      repo: { mode: 'git', url: 'https://example.test/demo.git' },
      agents: [{ type: 'mock', settings: { scenario: 'bench' } }],
    });
    session_ids.push(id);
  }
  const reading = Promise.all(session_ids.map(follow));
  await advance((minutes + 10) * 60_000);
  await reading;
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
  const { user, system } = process.cpuUsage(cpuBefore);
  await mock.close();
  close();
  return { seconds, cpuSeconds: (user + system) / 1e6, read };
};

const runs = Number(process.env.RUNS ?? 5);
for (const drive of drives) {
  for (const shape of shapes) {
    const results = [];
    for (let run = 0; run < runs; run += 1) results.push(await play(shape, drive));
    const seconds = results.map((run) => run.seconds).sort((one, other) => one - other);
    const [best = 0, median = 0] = [seconds[0], seconds[Math.floor(seconds.length / 2)]];
    const cpu = Math.min(...results.map((run) => run.cpuSeconds));
    console.log(
      `${drive.name}; ${shape.name}: ${results[0]?.read} events read, best ${best.toFixed(2)} s, median ${median.toFixed(2)} s, processor ${cpu.toFixed(2)} s`,
    );
  }
}
