import { SessionPage } from '@agent-harbor/api-contract/schemas';
import { holds, same } from '../expect.ts';
import { bodyOf, hasStatus, isProblem, jsonOf, member, names } from './answer.ts';
import { check, type WireBench } from './bench.ts';
import { sessionOf } from './session-of.ts';

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

/** The envelope of every list, whatever it holds. */
const AnyPage = {
  safeParse(value: unknown) {
    const items = member(value, 'items');
    const read = SessionPage.safeParse({ ...Object(value), items: [] });
    if (!read.success) return read;
    const list: readonly unknown[] = Array.isArray(items) ? items : [];
    return { success: true, data: { ...read.data, items: list } } as const;
  },
};

/** Seven sessions nobody else has, as a filter. */
const seven = async (bench: WireBench): Promise<string> => {
  const [id = ''] = await bench.kept('seven', async () => ({
    agents: [{ ...bench.agent('edits'), count: 7 }],
    labels: { mark: await bench.mark() },
  }));
  return `label=mark:${(await sessionOf(bench, id)).labels.mark}`;
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
        same(page.ids.length, Math.min(perPage, 7 - byCursor.length), `rows of a page of ${perPage}`);
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

  check('every list has one shape', 'items, total, nextPage, nextCursor and pagination', async (bench) => {
    const id = await bench.ended();
    await bench.draft();
    for (const path of [
      '/api/v1/sessions',
      '/api/v1/drafts',
      '/api/v1/repos',
      '/api/v1/repositories',
      `/api/v1/sessions/${id}/files`,
      `/api/v1/sessions/${id}/events`,
    ]) {
      const answer = await bench.get(`${path}?perPage=1`, { accept: 'application/json' });
      hasStatus(answer, 200, path);
      const { items, total, nextPage, nextCursor, pagination } = bodyOf(AnyPage, answer, path);
      holds(items.length <= 1, `${path}: ${items.length} items on a page of one`, answer.evidence);
      same([pagination.page, pagination.perPage, pagination.total], [1, 1, total], `${path}: pagination`);
      const goesOn = total === null || total > 1;
      same([nextPage === null, nextCursor === null], [!goesOn, !goesOn], `${path}: whether it ends`);
    }
  }),

  check('drafts are walked like sessions', 'by cursor and by page, every row once', async (bench) => {
    const made = [await bench.draft(), await bench.draft(), await bench.draft()];
    for (const by of ['nextCursor', 'nextPage'] as const) {
      const seen: string[] = [];
      let query = 'perPage=2';
      for (let turn = 0; turn < 500; turn++) {
        const page = bodyOf(AnyPage, await bench.get(`/api/v1/drafts?${query}`), 'a page of drafts');
        seen.push(...page.items.map((item) => `/api/v1/drafts/${member(item, 'id')}`));
        // A walk that begins anew has no end.
        if (page[by] === null || seen.length > 200 + (page.total ?? seen.length)) break;
        const name = by === 'nextCursor' ? 'cursor' : 'page';
        query = `perPage=2&${name}=${encodeURIComponent(String(page[by]))}`;
      }
      const found = seen.filter((path) => made.includes(path));
      same(found.length, 3, `${by}: how often the three drafts came`);
      same(new Set(found).size, 3, `${by}: distinct drafts`);
    }
  }),

  check(
    'a walk by cursor is not disturbed by what is new',
    'rows made meanwhile move none of the others',
    async (bench) => {
      const mark = await bench.mark();
      const agents = [{ ...bench.agent('waits'), count: 4 }];
      await bench.launch({ agents, labels: { mark } });
      const filter = `label=mark:${mark}`;
      const before = (await list(bench, filter)).ids;
      const first = await list(bench, `${filter}&perPage=2`);
      await bench.launch({ agents: [{ ...bench.agent('waits'), count: 2 }], labels: { mark } });
      const next = `cursor=${encodeURIComponent(String(first.nextCursor))}`;
      const second = await list(bench, `${filter}&perPage=2&${next}`);
      same([...first.ids, ...second.ids], before, 'what the walk gave');
    },
  ),
];
