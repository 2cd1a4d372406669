import type { SessionStatus } from '@agent-harbor/api-contract/schemas';
import { holds, rejectsWith, same } from '../expect.ts';
import { type Bench, check, statusesOf, unknownIds } from './bench.ts';

/** A running session of an agent that waits. */
const running = async (bench: Bench): Promise<string> => {
  const id = await bench.start('waits');
  await bench.reach(id, 'running');
  return id;
};

/** Whether this host can make processes stand still; where it cannot, that is what is checked. */
const canPause = async ({ catalogue }: Bench): Promise<boolean> =>
  (await catalogue.executors()).every(({ pause }) => pause !== 'none');

/** A check with a session that stands still. */
const paused = (name: string, promises: string, run: (bench: Bench, id: string) => Promise<void>) =>
  check(name, promises, async (bench) => {
    const id = await running(bench);
    const wished = bench.settle(bench.manager.pauseSession(id));
    if (!(await canPause(bench))) {
      await rejectsWith('pause-unsupported', wished, 'a pause where the host cannot');
      return;
    }
    await wished;
    await bench.reach(id, 'paused');
    await run(bench, id);
  });

/** The statuses of a session to its end, without those before `running`. */
const afterRunning = async (bench: Bench, id: string): Promise<readonly SessionStatus[]> => {
  const statuses = statusesOf(await bench.read(id));
  same(statuses.slice(0, 3), ['queued', 'provisioning', 'running'], 'the first statuses');
  return statuses.slice(3);
};

/** Waits until the session has gone through these statuses since it ran first. */
const went = async (bench: Bench, id: string, ...statuses: readonly SessionStatus[]): Promise<void> => {
  const left = ['running', ...statuses];
  await bench.readUntil(id, ({ event }) => {
    if (event.type === 'status' && event.status === left[0]) left.shift();
    return left.length === 0;
  });
};

const namesState = async (call: Promise<unknown>, state: string, what: string): Promise<void> => {
  const problem = await rejectsWith('wrong-state', call, what);
  holds(problem.detail.includes(state), `${what}: the state ${state} is missing in: ${problem.detail}`);
};

export const steering = [
  paused(
    'a paused session goes on where it stood',
    'pausing, paused, resuming, running',
    async (bench, id) => {
      same((await bench.manager.getSession(id)).status, 'paused', 'status');
      await bench.settle(bench.manager.resumeSession(id));
      await went(bench, id, 'pausing', 'paused', 'resuming', 'running');
      await bench.settle(bench.manager.stopSession(id));
      const expected = ['pausing', 'paused', 'resuming', 'running', 'stopping', 'stopped'];
      same(await afterRunning(bench, id), expected, 'statuses');
    },
  ),

  paused('a paused session does nothing', 'while others work, it says not a word', async (bench, id) => {
    const { recent_events: before } = await bench.manager.getSession(id);
    await bench.finished('edits');
    const { recent_events: after } = await bench.manager.getSession(id);
    same(after, before, 'its last events');
  }),

  paused('pausing and resuming twice is once', 'what is wished already is left alone', async (bench, id) => {
    await bench.settle(bench.manager.pauseSession(id));
    const outcomes = await bench.settle(
      Promise.allSettled([bench.manager.resumeSession(id), bench.manager.resumeSession(id)]),
    );
    // One that came after the session went on is told so.
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected')
        await namesState(Promise.reject(outcome.reason), 'running', 'the second resume');
    }
    await went(bench, id, 'pausing', 'paused', 'resuming', 'running');
    await bench.settle(bench.manager.stopSession(id));
    const expected = ['pausing', 'paused', 'resuming', 'running', 'stopping', 'stopped'];
    same(await afterRunning(bench, id), expected, 'statuses');
  }),

  check(
    'only what runs is paused, only what stands is resumed',
    'the problem names the state',
    async (bench) => {
      const { manager } = bench;
      const id = await running(bench);
      await namesState(bench.settle(manager.resumeSession(id)), 'running', 'resuming what runs');
      const limit = (await bench.catalogue.executors())[0]?.maxConcurrentTasks ?? 1;
      const { session_ids } = await bench.launch({ agents: [{ ...bench.agent('waits'), count: limit }] });
      const waiting = session_ids.at(-1) ?? '';
      await namesState(bench.settle(manager.pauseSession(waiting)), 'queued', 'pausing what waits');
      await namesState(bench.settle(manager.resumeSession(waiting)), 'queued', 'resuming what waits');
      await bench.settle(manager.stopSession(id));
      await bench.read(id);
      await namesState(bench.settle(manager.pauseSession(id)), 'stopped', 'pausing what has ended');
      await namesState(bench.settle(manager.resumeSession(id)), 'stopped', 'resuming what has ended');
    },
  ),

  paused('a paused session can be stopped', 'it goes on to hear it, and is stopped', async (bench, id) => {
    await bench.settle(bench.manager.stopSession(id));
    same(await afterRunning(bench, id), ['pausing', 'paused', 'stopping', 'stopped'], 'statuses');
  }),

  paused('a paused session can be cancelled', 'at once', async (bench, id) => {
    await bench.settle(bench.manager.cancelSession(id));
    same(await afterRunning(bench, id), ['pausing', 'paused', 'cancelled'], 'statuses');
  }),

  paused('a paused session keeps its place', 'as it keeps its memory', async (bench, id) => {
    const [host] = await bench.catalogue.executors();
    const { running: before, queued } = host ?? {};
    const limit = host?.maxConcurrentTasks ?? 1;
    await bench.launch({ agents: [{ ...bench.agent('waits'), count: limit }] });
    const [after] = await bench.catalogue.executors();
    holds((before ?? 0) >= 1, 'the paused session is not among those that run');
    holds((after?.queued ?? 0) > (queued ?? 0), 'nobody waits, although the paused session holds its place');
    await bench.settle(bench.manager.resumeSession(id));
  }),

  paused('a key makes a pause once', 'repeated, it pauses nothing that goes on again', async (bench, id) => {
    const { manager } = bench;
    await bench.settle(manager.resumeSession(id));
    await went(bench, id, 'pausing', 'paused', 'resuming', 'running');
    const key = { idempotencyKey: `pause-${id}` };
    await bench.settle(manager.pauseSession(id, key));
    await went(bench, id, 'pausing', 'paused', 'resuming', 'running', 'pausing', 'paused');
    await bench.settle(manager.resumeSession(id, {}, { idempotencyKey: `resume-${id}` }));
    await went(
      bench,
      id,
      'pausing',
      'paused',
      'resuming',
      'running',
      'pausing',
      'paused',
      'resuming',
      'running',
    );
    await bench.settle(manager.pauseSession(id, key));
    await bench.settle(manager.resumeSession(id, {}, { idempotencyKey: `resume-${id}` }));
    same((await manager.getSession(id)).status, 'running', 'the status after both were repeated');
  }),

  check(
    'nothing unknown is paused or resumed',
    'whatever is no session is session-not-found',
    async (bench) => {
      for (const id of unknownIds) {
        const what = JSON.stringify(id);
        await rejectsWith('session-not-found', bench.settle(bench.manager.pauseSession(id)), what);
        await rejectsWith('session-not-found', bench.settle(bench.manager.resumeSession(id)), what);
      }
    },
  ),
];
