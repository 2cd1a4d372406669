import { holds, present, rejectsWith, same } from '../expect.ts';
import { check, unknownIds } from './bench.ts';

export const sessions = [
  check('getSession knows no unknown id', 'whatever is no session is session-not-found', async (bench) => {
    for (const id of unknownIds) {
      await rejectsWith('session-not-found', bench.settle(bench.manager.getSession(id)), JSON.stringify(id));
    }
  }),

  check('getTask knows no unknown id', 'whatever is no task is task-not-found', async (bench) => {
    for (const id of unknownIds) {
      await rejectsWith('task-not-found', bench.settle(bench.manager.getTask(id)), JSON.stringify(id));
    }
  }),

  check('a session says how it stands', 'times and events of a session follow its life', async (bench) => {
    const { id } = await bench.launch();
    const queued = await bench.manager.getSession(id);
    holds(queued.endedAt === undefined, 'a session that has just been made has an end');
    await bench.reach(id, 'running');
    const running = await bench.manager.getSession(id);
    same(running.status, 'running', 'status');
    same(running.createdAt, queued.createdAt, 'createdAt');
    holds(present(running.startedAt, 'startedAt') >= queued.createdAt, 'it started before it was made');
    holds(running.updatedAt >= queued.updatedAt, 'updatedAt went back');
    holds(running.endedAt === undefined, 'a running session has an end');
  }),

  check('a live session shows its last events', 'at most three, the newest last', async (bench) => {
    const id = await bench.start('waits');
    await bench.reach(id, 'running');
    const { recent_events: recent } = await bench.manager.getSession(id);
    holds(recent.length > 0 && recent.length <= 3, `expected one to three events, got ${recent.length}`);
    const seqs = recent.map(({ seq }) => seq);
    same(
      seqs,
      [...seqs].sort((a, b) => a - b),
      'order',
    );
  }),

  check('a finished session is complete', 'times, changes and delivery are there', async (bench) => {
    const { id } = await bench.finished('edits');
    const session = await bench.manager.getSession(id);
    same(session.status, 'completed', `status (${session.statusReason ?? 'no reason'})`);
    same(session.recent_events, [], 'recent_events');
    const started = present(session.startedAt, 'startedAt');
    const ended = present(session.endedAt, 'endedAt');
    same(session.completedAt, ended, 'completedAt');
    holds(session.createdAt <= started && started <= ended, `${session.createdAt}, ${started}, ${ended}`);
    holds(
      session.changes.files_changed >= 2,
      `expected at least two changed files: ${JSON.stringify(session.changes)}`,
    );
    same(present(session.delivered, 'delivered').state, 'delivered', 'delivery');
    same(session.delivered?.branch, session.delivery.targetBranch, 'branch');
  }),

  check(
    'an agent that fails is a failed session',
    'the exit code and the last output are kept',
    async (bench) => {
      const { id } = await bench.finished('fails');
      const session = await bench.manager.getSession(id);
      same(session.status, 'failed', 'status');
      same(session.exitCode, 3, 'exitCode');
      holds(present(session.statusReason, 'statusReason') !== '', 'the reason is empty');
      holds(session.completedAt === undefined, 'a failed session is not completed');
    },
  ),

  check(
    'initialTasks gives a UI its first page',
    'the newest sessions and drafts, at most 50 of each',
    async (bench) => {
      const draft = await bench.manager.createDraft({ prompt: 'Later' });
      const first = await bench.launch();
      const second = await bench.launch();
      const { drafts, sessions: newest } = await bench.settle(bench.manager.initialTasks());
      holds(drafts.length <= 50 && newest.length <= 50, 'more than 50 came');
      same(drafts[0]?.id, draft.id, 'the draft last changed');
      const ids = newest.map(({ id }) => id);
      holds(
        ids.includes(first.id) && ids.includes(second.id),
        `the sessions are missing in ${ids.join(', ')}`,
      );
      same(newest, sorted(newest), 'order');
      await bench.manager.deleteDraft(draft.id);
    },
  ),
];

/** Newest first. */
const sorted = <Item extends { createdAt: string }>(items: readonly Item[]): Item[] =>
  [...items].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
