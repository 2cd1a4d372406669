import { holds, same } from '../expect.ts';
import { hasStatus, isProblem, jsonOf, member, names } from './answer.ts';
import { check, type WireBench } from './bench.ts';

interface Listed {
  readonly ids: readonly string[];
  readonly total: unknown;
  readonly nextPage: unknown;
  readonly nextCursor: unknown;
  readonly pagination: unknown;
}

const list = async (bench: WireBench, query: string): Promise<Listed> => {
  const answer = await bench.get(`/api/v1/sessions?${query}`);
  hasStatus(answer, 200, query);
  const page = jsonOf(answer);
  const items = member(page, 'items');
  holds(Array.isArray(items), `${query}: no items`);
  return {
    ids: items.map((item) => String(member(item, 'id'))),
    total: member(page, 'total'),
    nextPage: member(page, 'nextPage'),
    nextCursor: member(page, 'nextCursor'),
    pagination: member(page, 'pagination'),
  };
};

/** Seven sessions nobody else has, as a filter. */
const seven = async (bench: WireBench): Promise<string> => {
  const mark = (await bench.launch()).id;
  const agents = [{ ...bench.agent('waits'), count: 7 }];
  await bench.launch({ agents, labels: { mark } });
  return `label=mark:${mark}`;
};

export const lists = [
  check('pages and cursors walk the same list', 'every row once, whatever the page size', async (bench) => {
    const filter = await seven(bench);
    const whole = (await list(bench, filter)).ids;
    same(whole.length, 7, 'rows');
    for (const perPage of [1, 2, 3, 6, 7, 8, 200]) {
      const byCursor: string[] = [];
      let query = `${filter}&perPage=${perPage}`;
      for (let turn = 0; turn < 10; turn++) {
        const page = await list(bench, query);
        byCursor.push(...page.ids);
        if (page.nextCursor === null) break;
        query = `${filter}&perPage=${perPage}&cursor=${encodeURIComponent(String(page.nextCursor))}`;
      }
      same(byCursor, whole, `by cursor, ${perPage} a page`);
      const byPage: string[] = [];
      for (let page: unknown = 1; page !== null && byPage.length < 20; ) {
        const read = await list(bench, `${filter}&perPage=${perPage}&page=${page}`);
        byPage.push(...read.ids);
        page = read.nextPage;
      }
      same(byPage, whole, `by page, ${perPage} a page`);
    }
  }),

  check('the end of a list says so', 'nextPage and nextCursor are null, totals are exact', async (bench) => {
    const filter = await seven(bench);
    const last = await list(bench, `${filter}&perPage=7`);
    same([last.nextPage, last.nextCursor, last.total], [null, null, 7], 'the only page');
    same(last.pagination, { page: 1, perPage: 7, total: 7, totalPages: 1 }, 'pagination');
    const beyond = await list(bench, `${filter}&perPage=7&page=2`);
    same(
      [beyond.ids, beyond.nextPage, beyond.nextCursor, beyond.total],
      [[], null, null, 7],
      'the page beyond',
    );
    const none = await list(bench, 'label=mark:nobody-has-this');
    same(
      [none.ids, none.total, none.pagination],
      [[], 0, { page: 1, perPage: 20, total: 0, totalPages: 0 }],
      'no rows',
    );
  }),

  check(
    'a wrong page is refused by name',
    'sizes from 1 to 200; beyond row 10,000 the cursor is named',
    async (bench) => {
      const wrong: readonly (readonly [query: string, field: string])[] = [
        ['perPage=0', 'perPage'],
        ['perPage=201', 'perPage'],
        ['perPage=-1', 'perPage'],
        ['perPage=1.5', 'perPage'],
        ['perPage=x', 'perPage'],
        ['page=0', 'page'],
        ['page=-1', 'page'],
        ['page=x', 'page'],
        ['page=501&perPage=20', 'page'],
        ['cursor=nonsense', 'cursor'],
        ['cursor=', 'cursor'],
        [`cursor=${'a'.repeat(513)}`, 'cursor'],
      ];
      for (const [query, field] of wrong) {
        const document = isProblem(await bench.get(`/api/v1/sessions?${query}`), 'invalid-request', query);
        names(document, field, query);
      }
      const deep = isProblem(
        await bench.get('/api/v1/sessions?page=501&perPage=20'),
        'invalid-request',
        'row 10,020',
      );
      holds(JSON.stringify(deep.errors).includes('cursor'), 'the way beyond row 10,000 is not named');
      hasStatus(await bench.get('/api/v1/sessions?page=500&perPage=20'), 200, 'row 10,000');
    },
  ),

  check('a cursor belongs to its list', 'one of another list is refused', async (bench) => {
    const filter = await seven(bench);
    const { nextCursor } = await list(bench, `${filter}&perPage=1`);
    const cursor = encodeURIComponent(String(nextCursor));
    isProblem(
      await bench.get(`/api/v1/drafts?cursor=${cursor}`),
      'invalid-request',
      'a cursor of sessions for drafts',
    );
    isProblem(
      await bench.get(`/api/v1/sessions?${filter}&cursor=${cursor}&page=2`),
      'invalid-request',
      'cursor and page',
    );
  }),

  check('filters narrow a list', 'each alone and together; sort turns it around', async (bench) => {
    const filter = await seven(bench);
    const all = (await list(bench, filter)).ids;
    same((await list(bench, `${filter}&sort=createdAt`)).ids, [...all].reverse(), 'oldest first');
    const [id = ''] = all;
    const session = jsonOf(await bench.get(`/api/v1/sessions/${id}`));
    const taskId = String(member(session, 'taskId'));
    same((await list(bench, `taskId=${taskId}`)).total, 7, 'of one task');
    same((await list(bench, `${filter}&status=completed,failed`)).total, 0, 'ended ones');
    same((await list(bench, `${filter}&agent=${bench.agent('waits').type}`)).total, 7, 'of one agent');
    same((await list(bench, `${filter}&createdAfter=2999-01-01T00:00:00Z`)).total, 0, 'of the future');
    same((await list(bench, `${filter}&createdBefore=2999-01-01T00:00:00Z`)).total, 7, 'until the future');
    const other = filter.replace('label=', 'label=other:x&label=');
    same((await list(bench, other)).total, 0, 'with two labels');
  }),
];
