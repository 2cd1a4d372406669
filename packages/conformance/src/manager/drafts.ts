import type { Draft, DraftInput, Page } from '@agent-harbor/api-contract/schemas';
import { holds, rejectsWith, same } from '../expect.ts';
import { type Bench, check, unknownIds } from './bench.ts';

/** Makes drafts for one check and deletes them afterwards. */
const withDrafts = async (
  bench: Bench,
  inputs: readonly DraftInput[],
  run: (drafts: readonly Draft[]) => Promise<void>,
): Promise<void> => {
  const drafts: Draft[] = [];
  try {
    for (const input of inputs) drafts.push(await bench.settle(bench.manager.createDraft(input)));
    await run(drafts);
  } finally {
    await bench.settle(Promise.allSettled(drafts.map(({ id }) => bench.manager.deleteDraft(id))));
  }
};

export const drafts = [
  check('a draft is saved whole', 'what was named comes back, the rest has its default', (bench) =>
    withDrafts(
      bench,
      [{ prompt: 'Half', agent: bench.agent('waits'), labels: { a: 'b' } }],
      async ([draft]) => {
        same(draft?.prompt, 'Half', 'prompt');
        same(draft?.labels, { a: 'b' }, 'labels');
        same(draft?.agents.length, 1, 'agents');
        same(draft?.agents[0]?.count, 1, 'count');
        holds(draft?.id.startsWith('draft-'), `the id is ${draft?.id}`);
        same(draft?.updatedAt, draft?.createdAt, 'times');
        same(await bench.settle(bench.manager.getDraft(draft?.id ?? '')), draft, 'getDraft');
      },
    ),
  ),

  check('a draft may be half finished', 'nothing at all, and a url that is still being typed', (bench) =>
    withDrafts(
      bench,
      [{}, { prompt: '', repo: { mode: 'git', url: 'https:/' } }],
      async ([empty, typing]) => {
        same(empty?.prompt, '', 'prompt');
        same(empty?.agents, [], 'agents');
        same(typing?.repo, { mode: 'git', url: 'https:/' }, 'repo');
      },
    ),
  ),

  check('drafts are listed last changed first', 'saving a draft moves it to the front', (bench) =>
    withDrafts(bench, [{ prompt: 'one' }, { prompt: 'two' }], async ([one, two]) => {
      const front = async () => (await bench.settle(bench.manager.listDrafts())).items.slice(0, 2);
      same(
        (await front()).map(({ id }) => id),
        [two?.id, one?.id],
        'before',
      );
      // Changes within one millisecond have no order; a whole session takes longer, on any clock.
      await bench.finished('edits');
      await bench.settle(bench.manager.updateDraft(one?.id ?? '', { prompt: 'one again' }));
      same(
        (await front()).map(({ id }) => id),
        [one?.id, two?.id],
        'after',
      );
    }),
  ),

  check('drafts are paged', 'every draft once, by cursor', (bench) =>
    withDrafts(bench, [{}, {}, {}], async (made) => {
      const seen: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page: Page<Draft> = await bench.settle(bench.manager.listDrafts({ perPage: 1, cursor }));
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor;
      }
      same(new Set(seen).size, seen.length, 'doubles');
      for (const { id } of made) holds(seen.includes(id), `${id} is missing`);
    }),
  ),

  check('an update replaces what it names', 'other members stay', (bench) =>
    withDrafts(bench, [{ prompt: 'one', labels: { a: 'b' } }], async ([draft]) => {
      const id = draft?.id ?? '';
      const agents = [{ ...bench.agent('waits'), instances: 3 }];
      const updated = await bench.settle(bench.manager.updateDraft(id, { prompt: 'two', agents }));
      same(updated.prompt, 'two', 'prompt');
      same(updated.labels, { a: 'b' }, 'labels');
      same(updated.agents[0]?.count, 3, 'count');
      same(updated.createdAt, draft?.createdAt, 'createdAt');
      same(await bench.settle(bench.manager.getDraft(id)), updated, 'getDraft');
    }),
  ),

  check('a lost update is refused', 'ifUnchanged guards what the caller knows', (bench) =>
    withDrafts(bench, [{ prompt: 'one' }], async ([known]) => {
      const id = known?.id ?? '';
      const update = (prompt: string, ifUnchanged: Draft | undefined) =>
        bench.settle(bench.manager.updateDraft(id, { prompt }, { ifUnchanged }));
      const second = await update('two', known);
      await rejectsWith('precondition-failed', update('three', known), 'the update of the old one');
      same((await bench.manager.getDraft(id)).prompt, 'two', 'prompt');
      same((await update('three', second)).prompt, 'three', 'the update of the new one');
    }),
  ),

  check('a deleted draft is gone', 'also from the list', (bench) =>
    withDrafts(bench, [{}], async ([draft]) => {
      const id = draft?.id ?? '';
      await bench.settle(bench.manager.deleteDraft(id));
      await rejectsWith('draft-not-found', bench.settle(bench.manager.getDraft(id)), 'getDraft');
      await rejectsWith('draft-not-found', bench.settle(bench.manager.deleteDraft(id)), 'deleteDraft');
      const { items } = await bench.settle(bench.manager.listDrafts());
      holds(!items.some((item) => item.id === id), 'it is listed');
    }),
  ),

  check('an unknown draft is not found', 'to read, change or delete', async (bench) => {
    const { manager, settle } = bench;
    for (const id of unknownIds) {
      const what = JSON.stringify(id);
      await rejectsWith('draft-not-found', settle(manager.getDraft(id)), `getDraft ${what}`);
      await rejectsWith('draft-not-found', settle(manager.updateDraft(id, {})), `updateDraft ${what}`);
      await rejectsWith('draft-not-found', settle(manager.deleteDraft(id)), `deleteDraft ${what}`);
    }
  }),

  check('a draft is checked', 'the problem names the field', async (bench) => {
    const wrong: readonly (readonly [string, object])[] = [
      ['prompt', { prompt: 7 }],
      ['agents.0.type', { agents: [{ type: 'hal-9000' }] }],
      ['promt', { promt: 'x' }],
      ['delivery.targetBranch', { delivery: { mode: 'branch', targetBranch: 'a..b' } }],
    ];
    for (const [field, input] of wrong) {
      const refused = bench.settle(bench.manager.createDraft(input as DraftInput));
      const problem = await rejectsWith('invalid-request', refused, JSON.stringify(input));
      const fields = Object.keys(problem.errors ?? {});
      holds(fields.includes(field), `expected ${field} to be named, got ${fields.join(', ')}`);
    }
  }),
];
