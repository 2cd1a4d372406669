import { Problem } from '@agent-harbor/core';
import { holds, present, rejectsWith, same } from '../expect.ts';
import { type Bench, check, eventsOf, unknownIds } from './bench.ts';

/** What the log says of deliveries. */
const told = async (bench: Bench, id: string): Promise<string[]> =>
  eventsOf(await bench.read(id, { types: ['delivery'] })).flatMap((event) =>
    event.type === 'delivery' ? [`${event.mode} ${event.state} ${event.branch ?? ''}`.trim()] : [],
  );

const refusal = async (work: Promise<unknown>): Promise<{ readonly detail: string }> =>
  work.then(
    () => ({ detail: 'nothing was refused' }),
    (problem: { readonly detail: string }) => problem,
  );

export const delivering = [
  check(
    'the work is taken home again, to another branch',
    'with its commit, an event behind the end, and all of it told',
    async (bench) => {
      const { id } = await bench.finished('edits');
      const first = await bench.settle(bench.deliveries.delivery(id));
      same([first.state, first.deliveries.length], ['delivered', 1], 'the delivery at the end');
      const branch = `again-${id.toLowerCase()}`;
      const outcome = await bench.settle(
        bench.deliveries.deliver(id, { mode: 'branch', branch, message: 'Once more' }),
      );
      same([outcome.state, outcome.mode, outcome.branch], ['delivered', 'branch', branch], 'the outcome');
      const { commit } = outcome;
      const then = await bench.settle(bench.deliveries.delivery(id));
      same([then.last?.branch, then.last?.commit], [branch, commit], 'the last delivery');
      same(then.deliveries.map((each) => each.branch).at(-1), branch, 'the last one listed');
      const { delivered } = await bench.settle(bench.manager.getSession(id));
      same([delivered?.branch, delivered?.commit], [branch, commit], 'what the session tells');
      const again = await bench.settle(bench.deliveries.deliver(id, { mode: 'branch', branch }));
      same([again.state, again.commit], ['delivered', commit], 'the repeated delivery');
    },
  ),

  check('a delivery with one key happens once', 'the same outcome and one event', async (bench) => {
    const { id } = await bench.finished('edits');
    const wish = { mode: 'branch', branch: `keyed-${id.toLowerCase()}` } as const;
    const deliver = () => bench.settle(bench.deliveries.deliver(id, wish, { idempotencyKey: `d-${id}` }));
    const outcome = await deliver();
    same(await deliver(), outcome, 'the second outcome');
    same((await told(bench, id)).slice(1), [`branch delivered ${wish.branch}`], 'what the log says');
  }),

  check(
    'a pull request tells the branch it is for',
    'in its outcome, its event and all that tells of it; without a forge it is refused by the mode',
    async (bench) => {
      const { id } = await bench.finished('edits');
      const wish = { mode: 'pr', branch: `asked-${id.toLowerCase()}`, targetBranch: 'main' } as const;
      const outcome = await bench.settle(bench.deliveries.deliver(id, wish)).catch((problem: unknown) => {
        if (problem instanceof Problem && problem.code === 'unsupported-choice') return problem;
        throw problem;
      });
      if (outcome instanceof Problem) {
        same(Object.keys(outcome.errors ?? {}), ['mode'], 'the fields');
        return;
      }
      same([outcome.branch, outcome.targetBranch], [wish.branch, 'main'], 'the outcome');
      const events = eventsOf(await bench.read(id, { types: ['delivery'] }));
      const last = events.flatMap((event) => (event.type === 'delivery' ? [event] : [])).at(-1);
      same([last?.branch, last?.targetBranch], [wish.branch, 'main'], 'the event');
      const told = await bench.settle(bench.deliveries.delivery(id));
      same([told.last?.targetBranch, told.deliveries.at(-1)?.targetBranch], ['main', 'main'], 'what is told');
      const { delivered } = await bench.settle(bench.manager.getSession(id));
      same(delivered?.targetBranch, 'main', 'what the session tells');
    },
  ),

  check('a patch is told by its address', 'it stays on the server', async (bench) => {
    const { id } = await bench.finished('edits');
    const outcome = await bench.settle(bench.deliveries.deliver(id, { mode: 'patch' }));
    same([outcome.state, outcome.branch], ['delivered', undefined], 'the outcome');
    holds(present(outcome.url, 'url').endsWith(`/sessions/${id}/patch`), `it is at ${outcome.url}`);
  }),

  check(
    'a protected branch is left alone',
    'delivery-refused, with the way out, and nothing is written',
    async (bench) => {
      const { id } = await bench.finished('edits');
      const before = await bench.settle(bench.deliveries.delivery(id));
      const attempt = () => bench.settle(bench.deliveries.deliver(id, { mode: 'branch', branch: 'main' }));
      await rejectsWith('delivery-refused', attempt(), 'the default branch');
      const { detail } = await refusal(attempt());
      holds(/"main"/.test(detail) && /another branch/.test(detail), `the way out is not named: ${detail}`);
      same(await bench.settle(bench.deliveries.delivery(id)), before, 'what is told afterwards');
      const launch = bench.launch({ delivery: { mode: 'branch', targetBranch: 'main' } });
      await rejectsWith('invalid-request', launch, 'a task that would be delivered there');
    },
  ),

  check(
    'a session that runs delivers what is there',
    'and goes on; its own delivery is pending',
    async (bench) => {
      const id = await bench.start('waits');
      await bench.reach(id, 'running');
      same((await bench.settle(bench.deliveries.delivery(id))).state, 'pending', 'the state before');
      const outcome = await bench.settle(bench.deliveries.deliver(id));
      same(outcome.state, 'nothing-to-deliver', 'the outcome');
      holds(present(outcome.reason, 'reason') !== '', 'it does not say why');
      same((await bench.settle(bench.manager.getSession(id))).status, 'running', 'the status');
    },
  ),

  check(
    'a delivery is refused by the name of what is wrong',
    'and where there is no session',
    async (bench) => {
      const { id } = await bench.finished('edits');
      const attempt = (wish: object) => bench.settle(bench.deliveries.deliver(id, wish));
      await rejectsWith('invalid-request', attempt({ branch: 'a..b' }), 'no name for a branch');
      await rejectsWith('invalid-request', attempt({ mode: 'patch', branch: 'x' }), 'a branch for a patch');
      await rejectsWith('invalid-request', attempt({ force: true }), 'force');
      for (const unknown of unknownIds.slice(0, 2)) {
        await rejectsWith('session-not-found', bench.settle(bench.deliveries.deliver(unknown)), unknown);
        await rejectsWith('session-not-found', bench.settle(bench.deliveries.delivery(unknown)), unknown);
      }
    },
  ),
];
