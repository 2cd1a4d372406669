import { Draft, type DraftInput } from '@agent-harbor/api-contract/schemas';
import { holds, same } from '../expect.ts';
import { bodyOf, hasStatus, isProblem, jsonOf, member } from './answer.ts';
import { check, type WireBench } from './bench.ts';

const saved = async (bench: WireBench, input: DraftInput): Promise<{ path: string; draft: Draft }> => {
  const answer = await bench.post('/api/v1/drafts', input);
  hasStatus(answer, 201, 'the draft');
  const path = answer.headers.location ?? '';
  bench.discard(path);
  return { path, draft: bodyOf(Draft, answer, 'the draft') };
};

export const drafts = [
  check('a draft is whole, whatever was sent', 'POST answers all of it, GET the same', async (bench) => {
    const { path, draft } = await saved(bench, {});
    same([draft.prompt, draft.agents, draft.labels], ['', [], {}], 'an empty draft');
    same(path, `/api/v1/drafts/${draft.id}`, 'Location');
    same(bodyOf(Draft, await bench.get(path), 'the draft'), draft, 'the draft as it is read');
    const half = await saved(bench, { repo: { mode: 'git', url: 'git@exam' }, prompt: 'Half a' });
    same([half.draft.prompt, half.draft.repo?.url], ['Half a', 'git@exam'], 'a draft that is being typed');
  }),

  check('an update replaces what it names', 'PUT answers the whole draft', async (bench) => {
    const { path, draft } = await saved(bench, { prompt: 'one', labels: { a: 'b' }, projectId: 'p' });
    const put = await bench.put(path, { prompt: 'two' });
    hasStatus(put, 200, 'the update');
    const updated = bodyOf(Draft, put, 'the updated draft');
    same({ ...updated, updatedAt: '' }, { ...draft, prompt: 'two', updatedAt: '' }, 'the updated draft');
    same(bodyOf(Draft, await bench.get(path), 'the draft'), updated, 'the draft as it is read');
    const cleared = await bench.put(path, { labels: {} });
    same(bodyOf(Draft, cleared, 'the draft').labels, {}, 'labels that were taken away');
  }),

  check(
    'a draft says how its agents are steered',
    'approvals, interactive and idleTimeoutSeconds, as a task does',
    async (bench) => {
      const approvals = { default: 'ask', rules: [{ tool: 'bash', decision: 'deny' }] } as const;
      const steered = { approvals: { ...approvals, rules: [...approvals.rules] }, interactive: true };
      const { path, draft } = await saved(bench, { ...steered, idleTimeoutSeconds: 60 });
      same([draft.approvals, draft.interactive], [steered.approvals, true], 'approvals and interactive');
      same(draft.idleTimeoutSeconds, 60, 'idleTimeoutSeconds');
      const updated = bodyOf(Draft, await bench.put(path, { idleTimeoutSeconds: 0 }), 'the update');
      same([updated.idleTimeoutSeconds, updated.approvals], [0, draft.approvals], 'the updated draft');
      isProblem(await bench.put(path, { idleTimeoutSeconds: -1 }), 'invalid-request', 'a negative time');
    },
  ),

  check(
    'instances is another word for count',
    'a draft tells count, also where nobody said it',
    async (bench) => {
      const agent = bench.agent('waits');
      const agents = [{ ...agent, count: 2 }, { ...agent, instances: 3 }, agent];
      const { draft } = await saved(bench, { agents });
      same(
        draft.agents.map(({ count }) => count),
        [2, 3, 1],
        'counts',
      );
    },
  ),

  check('drafts are listed as they changed', 'the last one first', async (bench) => {
    const one = await saved(bench, { prompt: 'one' });
    const two = await saved(bench, { prompt: 'two' });
    const order = async () => {
      const items = member(jsonOf(await bench.get('/api/v1/drafts?perPage=200')), 'items');
      const ids = Array.isArray(items) ? items.map((item) => member(item, 'id')) : [];
      return ids.filter((id) => id === one.draft.id || id === two.draft.id);
    };
    // Times have milliseconds, so a change may have to be repeated to be the later one.
    for (const [path, ids] of [
      [one.path, [one.draft.id, two.draft.id]],
      [two.path, [two.draft.id, one.draft.id]],
    ] as const) {
      for (let turn = 0; turn < 50 && (await order())[0] !== ids[0]; turn++) {
        await bench.put(path, { prompt: `again ${turn}` });
      }
      same(await order(), ids, 'the order after a change');
    }
  }),

  check('a deleted draft is gone', '204, and 404 for whoever asks', async (bench) => {
    const { path, draft } = await saved(bench, { prompt: 'x' });
    hasStatus(await bench.remove(path), 204, 'the delete');
    isProblem(await bench.get(path), 'draft-not-found', 'reading it');
    isProblem(await bench.put(path, { prompt: 'y' }), 'draft-not-found', 'changing it');
    const list = await bench.get('/api/v1/drafts?perPage=200');
    holds(!list.text.includes(draft.id), 'it is still listed', list.evidence);
  }),
];
