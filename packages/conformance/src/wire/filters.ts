import { holds, same } from '../expect.ts';
import { hasStatus, jsonOf, member } from './answer.ts';
import { check, type WireBench } from './bench.ts';
import { sessionOf } from './session-of.ts';

/** The sessions a query finds. */
const find = async (bench: WireBench, query: string): Promise<readonly string[]> => {
  const answer = await bench.get(`/api/v1/sessions?perPage=200&${query}`);
  hasStatus(answer, 200, query);
  const items = member(jsonOf(answer), 'items');
  holds(Array.isArray(items), `${query}: no items`, answer.evidence);
  return items.map((item) => String(member(item, 'id')));
};

/** Two sessions with everything one can look for, and a filter for just them. */
const two = async (bench: WireBench) => {
  const ids = await bench.kept('two', async () => ({
    prompt: 'Teach the parrot to whistle, please',
    agents: [{ ...bench.agent('edits'), count: 2 }],
    labels: { mark: await bench.mark(), kind: 'a:b' },
    projectId: 'p-7',
  }));
  const { labels, taskId, createdAt } = await sessionOf(bench, ids[0] ?? '');
  return { theirs: `label=mark:${labels.mark}`, taskId, ids, createdAt };
};

/** Fails unless the query finds exactly these, in any order. */
const finds = async (bench: WireBench, query: string, ids: readonly string[], what: string) =>
  same([...(await find(bench, query))].sort(), [...ids].sort(), what);

export const filters = [
  check('sessions are found by task', 'taskId gives its sessions and no others', async (bench) => {
    const { taskId, ids } = await two(bench);
    await bench.launch();
    await finds(bench, `taskId=${taskId}`, ids, 'the sessions of a task');
  }),

  check('sessions are found by label', 'key and value match whole; several must all match', async (bench) => {
    const { theirs, ids } = await two(bench);
    await bench.launch({ labels: { kind: 'a:b' } });
    await finds(bench, `${theirs}&label=kind:a:b`, ids, 'two labels');
    await finds(bench, `${theirs}&label=kind:a`, [], 'a part of the value');
    await finds(bench, `${theirs}&label=other:a:b`, [], 'another key');
  }),

  check('sessions are found by status', 'one, or any of a comma list', async (bench) => {
    const { theirs, ids } = await two(bench);
    await finds(bench, `${theirs}&status=completed`, ids, 'ended ones');
    await finds(bench, `${theirs}&status=failed,completed`, ids, 'ended ones of two kinds');
    await finds(bench, `${theirs}&status=queued,running`, [], 'live ones');
  }),

  check('sessions are found by agent', 'only those of the type', async (bench) => {
    const { theirs, ids } = await two(bench);
    const { type } = bench.agent('edits');
    await finds(bench, `${theirs}&agent=${type}`, ids, 'of their type');
    const other = type === 'mock' ? 'acp' : 'mock';
    await finds(bench, `${theirs}&agent=${other}`, [], 'of another type');
  }),

  check('sessions are found by project', 'only those of the project', async (bench) => {
    const { theirs, ids } = await two(bench);
    await finds(bench, `${theirs}&projectId=p-7`, ids, 'of their project');
    await finds(bench, `${theirs}&projectId=p-8`, [], 'of another project');
  }),

  check('sessions are found by repository', 'not those that work on another, or on none', async (bench) => {
    const { theirs } = await two(bench);
    const other = encodeURIComponent('https://example.com/none.git');
    await finds(bench, `${theirs}&repo=${other}`, [], 'of another repository');
  }),

  check('sessions are found by time', 'createdAfter and createdBefore bound the creation', async (bench) => {
    const { theirs, ids, createdAt } = await two(bench);
    const at = Date.parse(createdAt);
    const time = (ms: number) => encodeURIComponent(new Date(at + ms).toISOString());
    await finds(
      bench,
      `${theirs}&createdAfter=${time(-60_000)}&createdBefore=${time(60_000)}`,
      ids,
      'within',
    );
    await finds(bench, `${theirs}&createdAfter=${time(60_000)}`, [], 'too late');
    await finds(bench, `${theirs}&createdBefore=${time(-60_000)}`, [], 'too early');
  }),

  check('sessions are found by words of the prompt', 'all of them, whatever the case', async (bench) => {
    const { theirs, ids } = await two(bench);
    await finds(bench, `${theirs}&q=PARROT`, ids, 'one word');
    await finds(bench, `${theirs}&q=whistle%20parrot`, ids, 'two words');
    await finds(bench, `${theirs}&q=parrot%20elephant`, [], 'one word of two');
    // Whatever an index makes of such characters, they are no syntax.
    await finds(bench, `${theirs}&q=${encodeURIComponent('elephant" OR "parrot')}`, [], 'an injection');
  }),

  check('a list is sorted either way', 'by creation or by the last change', async (bench) => {
    const { theirs } = await two(bench);
    const newest = await find(bench, theirs);
    same(await find(bench, `${theirs}&sort=-createdAt`), newest, 'newest first, as without a word');
    same(await find(bench, `${theirs}&sort=createdAt`), [...newest].reverse(), 'oldest first');
    for (const [sort, turn] of [
      ['updatedAt', 1],
      ['-updatedAt', -1],
    ] as const) {
      const items = member(jsonOf(await bench.get(`/api/v1/sessions?${theirs}&sort=${sort}`)), 'items');
      const times = Array.isArray(items) ? items.map((item) => String(member(item, 'updatedAt'))) : [];
      same(times.length, 2, 'rows');
      const sorted = [...times].sort((left, right) => turn * (left < right ? -1 : left > right ? 1 : 0));
      same(times, sorted, `by ${sort}`);
    }
  }),
];
