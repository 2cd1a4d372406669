import { holds, present, rejectsWith, same } from '../expect.ts';
import { type Bench, check, statusesOf, unknownIds } from './bench.ts';

/** More sessions than the host runs at once, and the ids of those that wait. */
const overfill = async (bench: Bench) => {
  const limit = await bench.catalogue.executors().then((hosts) => hosts[0]?.maxConcurrentTasks ?? 1);
  const task = await bench.launch({ agents: [{ ...bench.agent('waits'), count: limit + 1 }] });
  const [running, waiting] = [task.session_ids.slice(0, limit), task.session_ids.slice(limit)];
  for (const id of running) await bench.reach(id, 'running');
  return { running, waiting: present(waiting[0], 'a waiting session') };
};

export const ending = [
  check('stop ends a running session', 'stopping at once, stopped when the agent is gone', async (bench) => {
    const id = await bench.start('waits');
    await bench.reach(id, 'running');
    await bench.settle(bench.manager.stopSession(id));
    const items = await bench.read(id);
    same(statusesOf(items), ['queued', 'provisioning', 'running', 'stopping', 'stopped'], 'statuses');
    const session = await bench.manager.getSession(id);
    same(session.status, 'stopped', 'status');
    holds(session.endedAt !== undefined, 'endedAt is missing');
    holds(session.completedAt === undefined, 'a stopped session is not completed');
  }),

  check('stop ends a queued session', 'it never runs', async (bench) => {
    const { waiting } = await overfill(bench);
    await bench.settle(bench.manager.stopSession(waiting));
    same(statusesOf(await bench.read(waiting)), ['queued', 'stopping', 'stopped'], 'statuses');
  }),

  check('stop twice is stop', 'a session that is stopping already is left alone', async (bench) => {
    const id = await bench.start('waits');
    await bench.reach(id, 'running');
    const { manager } = bench;
    const outcomes = await bench.settle(
      Promise.allSettled([manager.stopSession(id), manager.stopSession(id), manager.stopSession(id)]),
    );
    holds(
      outcomes.some(({ status }) => status === 'fulfilled'),
      'no stop was accepted',
    );
    for (const outcome of outcomes) {
      // One that came after the end is told so.
      if (outcome.status === 'rejected')
        await rejectsWith('wrong-state', Promise.reject(outcome.reason), 'stop');
    }
    const statuses = statusesOf(await bench.read(id));
    same(statuses.slice(3), ['stopping', 'stopped'], 'statuses after running');
  }),

  check('what has ended cannot be stopped', 'the problem names the state', async (bench) => {
    const { id } = await bench.finished('edits');
    const problem = await rejectsWith('wrong-state', bench.settle(bench.manager.stopSession(id)), 'stop');
    holds(problem.detail.includes('completed'), `the state is missing in: ${problem.detail}`);
  }),

  check('stop knows no unknown session', 'whatever is no session is session-not-found', async (bench) => {
    for (const id of unknownIds) {
      await rejectsWith('session-not-found', bench.settle(bench.manager.stopSession(id)), JSON.stringify(id));
    }
  }),

  check('cancel ends a running session', 'cancelled, and archived when the call resolves', async (bench) => {
    const id = await bench.start('waits');
    await bench.reach(id, 'running');
    await bench.settle(bench.manager.cancelSession(id));
    await rejectsWith('session-not-found', bench.settle(bench.manager.getSession(id)), 'getSession');
    const session = await bench.settle(bench.manager.getSession(id, { archived: true }));
    same(session.status, 'cancelled', 'status');
    holds(session.archivedAt !== undefined, 'archivedAt is missing');
    holds(session.endedAt !== undefined, 'endedAt is missing');
    same(session.workspace.state, 'released', 'workspace');
  }),

  check('cancel ends a queued session', 'it never runs', async (bench) => {
    const { waiting } = await overfill(bench);
    await bench.settle(bench.manager.cancelSession(waiting));
    same(statusesOf(await bench.read(waiting)), ['queued', 'cancelled'], 'statuses');
  }),

  check('cancel keeps how a session ended', 'an ended session is only archived', async (bench) => {
    const { id, items } = await bench.finished('edits');
    await bench.settle(bench.manager.cancelSession(id));
    const session = await bench.settle(bench.manager.getSession(id, { archived: true }));
    same(session.status, 'completed', 'status');
    same(await bench.read(id), items, 'its events');
  }),

  check('cancel twice is cancel', 'also at the same time', async (bench) => {
    const id = await bench.start('waits');
    await bench.reach(id, 'running');
    await bench.settle(Promise.all([bench.manager.cancelSession(id), bench.manager.cancelSession(id)]));
    await bench.settle(bench.manager.cancelSession(id));
    const statuses = statusesOf(await bench.read(id));
    same(
      statuses.filter((status) => status === 'cancelled'),
      ['cancelled'],
      'how often it was cancelled',
    );
  }),

  check('cancel knows no unknown session', 'whatever is no session is session-not-found', async (bench) => {
    for (const id of unknownIds) {
      const refused = bench.settle(bench.manager.cancelSession(id));
      await rejectsWith('session-not-found', refused, JSON.stringify(id));
    }
  }),

  check('the archived are listed on demand', 'archived sessions show only with archived', async (bench) => {
    const id = await bench.start('waits');
    const { taskId } = await bench.manager.getSession(id);
    await bench.settle(bench.manager.cancelSession(id));
    const usual = await bench.settle(bench.manager.listSessions({ taskId }));
    same(usual.items, [], 'the usual list');
    const { items } = await bench.settle(bench.manager.listSessions({ taskId, archived: 'true' }));
    same(
      items.map((session) => session.id),
      [id],
      'with the archived',
    );
  }),

  check('a place that becomes free is taken', 'the session that waited runs', async (bench) => {
    const { running, waiting } = await overfill(bench);
    same((await bench.manager.getSession(waiting)).status, 'queued', 'status before');
    await bench.settle(bench.manager.cancelSession(running[0] ?? ''));
    await bench.reach(waiting, 'running');
  }),

  check('the host says how full it is', 'running and queued are counted', async (bench) => {
    const { running } = await overfill(bench);
    const [host] = await bench.settle(bench.catalogue.executors());
    same(host?.running, running.length, 'running');
    same(host?.queued, 1, 'queued');
  }),
];
