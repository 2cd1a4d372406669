import type { LaunchedTask } from '@agent-harbor/api-contract/schemas';
import { Problem } from '@agent-harbor/core';
import { holds, rejectsWith, same } from '../expect.ts';
import { check } from './bench.ts';

/** Keys live for a day, and the implementation may be older than this run: an id it just made makes a new one. */
const newKey = (id: string): string => `key-${id}`;

export const idempotency = [
  check('a key makes a launch happen once', 'the same key and request give the same task', async (bench) => {
    const other = await bench.launch();
    const options = { idempotencyKey: newKey(other.task_id) };
    const request = { labels: { check: other.task_id } };
    const first = await bench.launch(request, options);
    const second = await bench.launch(request, options);
    same(second, first, 'the second launch');
    const { total } = await bench.manager.listSessions({ label: `check:${other.task_id}` });
    same(total, 1, 'sessions');
  }),

  check('twins at the same time are one task', 'whoever comes too early is told so', async (bench) => {
    const other = await bench.launch();
    const options = { idempotencyKey: newKey(other.task_id) };
    const request = bench.request({ labels: { check: other.task_id } });
    const twins = await bench.settle(
      Promise.allSettled(Array.from({ length: 10 }, () => bench.manager.launch(request, options))),
    );
    const tasks: LaunchedTask[] = [];
    for (const twin of twins) {
      if (twin.status === 'fulfilled') tasks.push(twin.value);
      else {
        const { reason } = twin;
        const inProgress = reason instanceof Problem && reason.code === 'idempotency-in-progress';
        holds(inProgress, `expected idempotency-in-progress, got ${String(reason)}`);
      }
    }
    holds(tasks.length > 0, 'no twin succeeded');
    same(new Set(tasks.map((task) => task.task_id)).size, 1, 'distinct tasks');
    await bench.launch({ labels: { check: other.task_id } }, options);
    const { total } = await bench.manager.listSessions({ label: `check:${other.task_id}` });
    same(total, 1, 'sessions');
  }),

  check('a key belongs to one request', 'another request under it is refused', async (bench) => {
    const other = await bench.launch();
    const options = { idempotencyKey: newKey(other.task_id) };
    await bench.launch({}, options);
    const changed = bench.launch({ prompt: 'Something else' }, options);
    await rejectsWith('idempotency-key-reused', changed, 'the changed launch');
  }),

  check('a refused launch leaves its key free', 'the corrected request may use it', async (bench) => {
    const other = await bench.launch();
    const options = { idempotencyKey: newKey(other.task_id) };
    const wrong = bench.launch({ prompt: '' }, options);
    await rejectsWith('invalid-request', wrong, 'the wrong launch');
    await bench.launch({}, options);
  }),

  check(
    'without a key every launch is a new task',
    'nothing is guessed to be a repetition',
    async (bench) => {
      const request = { agents: [bench.agent('waits')] };
      const [one, two] = [await bench.launch(request), await bench.launch(request)];
      holds(one.task_id !== two.task_id, 'both launches gave the same task');
    },
  ),

  check('a key makes a draft once', 'the same key and draft give the same draft', async (bench) => {
    const { task_id } = await bench.launch();
    const options = { idempotencyKey: newKey(task_id) };
    const first = await bench.manager.createDraft({ prompt: 'once' }, options);
    const second = await bench.manager.createDraft({ prompt: 'once' }, options);
    same(second, first, 'the second draft');
    await bench.manager.deleteDraft(first.id);
  }),

  check(
    'a key makes a stop once',
    'a repeated stop is answered like the first, also after the end',
    async (bench) => {
      const id = await bench.start('waits');
      await bench.reach(id, 'running');
      const options = { idempotencyKey: newKey(id) };
      await bench.settle(bench.manager.stopSession(id, options));
      await bench.read(id);
      await bench.settle(bench.manager.stopSession(id, options));
    },
  ),
];
