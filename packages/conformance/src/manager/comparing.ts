import { holds, rejectsWith, same } from '../expect.ts';
import { check, unknownIds } from './bench.ts';

/** Every host that runs sessions has git. */
const checks = ['git --version'];

export const comparing = [
  check(
    'the sessions of a task are compared',
    'the best first, with what each took and changed; one that completed and passed its checks wins',
    async (bench) => {
      const { task_id, session_ids } = await bench.launch({
        agents: [{ ...bench.agent('edits'), count: 2 }],
        checks,
      });
      for (const id of session_ids) await bench.read(id);
      const { sessions, winner, ...told } = await bench.settle(bench.manager.compareTask(task_id));
      same([told.taskId, told.checks], [task_id, checks], 'the task');
      same(
        sessions.map(({ rank }) => rank),
        [1, 2],
        'ranks',
      );
      same(sessions.map(({ sessionId }) => sessionId).sort(), [...session_ids].sort(), 'sessions');
      same(winner, sessions[0]?.sessionId, 'the winner');
      for (const { status, changes, checks: run, durationMs } of sessions) {
        same(status, 'completed', 'status');
        holds(changes.files_changed > 0, 'a session that changed nothing');
        holds((durationMs ?? -1) >= 0, `a duration of ${durationMs}`);
        same(
          run.map(({ command, state, exitCode }) => [command, state, exitCode]),
          [['git --version', 'passed', 0]],
          'its check',
        );
      }
    },
  ),

  check('nothing wins unchecked', 'a task without checks has no winner, and says why', async (bench) => {
    const { task_id, id } = await bench.launch({ agents: [bench.agent('edits')] });
    await bench.read(id);
    const { winner, reason, checks: named } = await bench.settle(bench.manager.compareTask(task_id));
    same([winner, named], [null, []], 'the winner');
    holds(reason !== '', 'no reason');
  }),

  check('what goes on is not judged', 'no winner while a session lives', async (bench) => {
    const { task_id } = await bench.launch({ agents: [bench.agent('waits')], checks });
    const { winner, sessions } = await bench.settle(bench.manager.compareTask(task_id));
    same([winner, sessions[0]?.checks[0]?.state], [null, 'pending'], 'the winner');
  }),

  check('an unknown task cannot be compared', 'task-not-found', async (bench) => {
    for (const id of unknownIds) {
      await rejectsWith('task-not-found', bench.settle(bench.manager.compareTask(id)), JSON.stringify(id));
    }
  }),
];
