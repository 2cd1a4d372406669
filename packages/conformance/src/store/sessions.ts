import type { SessionStatus } from '@agent-harbor/api-contract/schemas';
import { type SessionFilter, type SessionRecord, type Store, timestamp, wholeHost } from '@agent-harbor/core';
import { holds, rejectsWith, same } from '../expect.ts';
import { addSession, type StoreCheck, sampleId, sampleTime, upTo, walk } from './samples.ts';

const sorts = ['createdAt', '-createdAt', 'updatedAt', '-updatedAt'] as const;

/** Numbers of the sessions a filter finds, oldest first. */
const found = async (store: Store, filter: SessionFilter): Promise<number[]> => {
  const page = await store.sessions(wholeHost, filter, 'createdAt', { perPage: 200 });
  same(page.total, page.items.length, 'total');
  return page.items.map(({ record }) => Number(record.id.slice(2)));
};

/** What JSON leaves of a value. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Six sessions that differ in everything a filter asks for. */
const addVaried = async (store: Store): Promise<void> => {
  const varied: readonly Partial<SessionRecord>[] = [
    { status: 'queued', labels: { team: 'web', tier: '1' }, prompt: 'Fix the login page' },
    {
      status: 'running',
      labels: { team: 'web', link: 'https://x:1' },
      prompt: 'Fix the logout button',
      workspace: { id: 'ws-2', mountPath: '/w/2', executorId: 'e', state: 'ready' },
    },
    {
      status: 'completed',
      agent: { type: 'command', version: '1', settings: {} },
      repo: { mode: 'git', url: 'https://git.example/a.git', branch: 'main' },
    },
    {
      status: 'failed',
      projectId: 'p1',
      tenantId: 't1',
      repo: { mode: 'git', url: 'https://git.example/a.git' },
      prompt: 'Write “naïve” tests for src/login.ts',
    },
    { status: 'running', projectId: 'p1', tenantId: 't2', taskId: sampleId(4), labels: { team: 'api' } },
    {
      status: 'cancelled',
      archivedAt: timestamp(sampleTime),
      labels: { team: 'web' },
      workspace: { id: 'ws-6', mountPath: '/w/6', executorId: 'e', state: 'released' },
    },
  ];
  for (const [index, members] of varied.entries()) await addSession(store, index + 1, members);
};

const filters: readonly [string, SessionFilter, readonly number[]][] = [
  ['nothing', {}, [1, 2, 3, 4, 5]],
  ['archived too', { archived: 'true' }, [1, 2, 3, 4, 5, 6]],
  ['not archived', { archived: 'false' }, [1, 2, 3, 4, 5]],
  ['one status', { status: ['running'] }, [2, 5]],
  ['several statuses', { status: ['failed', 'queued', 'cancelled'] }, [1, 4]],
  ['no status', { status: [] }, []],
  ['agent', { agent: 'command' }, [3]],
  ['an agent nobody used', { agent: 'acp' }, []],
  ['project', { projectId: 'p1' }, [4, 5]],
  ['workspaces that are there', { workspace: ['ready'] }, [2]],
  ['workspaces that were there', { workspace: ['ready', 'released'], archived: 'true' }, [2, 6]],
  ['workspaces of a project', { workspace: ['pending'], projectId: 'p1' }, [4, 5]],
  ['no workspace', { workspace: [] }, []],
  ['tenant', { tenantId: 't2' }, [5]],
  ['repository', { repo: 'https://git.example/a.git' }, [3, 4]],
  ['part of a repository url', { repo: 'https://git.example' }, []],
  ['task', { taskId: sampleId(4) }, [4, 5]],
  ['label', { label: 'team:web' }, [1, 2]],
  ['two labels', { label: ['team:web', 'tier:1'] }, [1]],
  ['label with colons in its value', { label: 'link:https://x:1' }, [2]],
  ['label with another value', { label: 'team:w' }, []],
  ['label nobody has', { label: 'toString:x' }, []],
  ['no labels asked', { label: [] }, [1, 2, 3, 4, 5]],
  ['created after, exclusive', { createdAfter: timestamp(sampleTime + 3) }, [4, 5]],
  ['created before, exclusive', { createdBefore: timestamp(sampleTime + 3) }, [1, 2]],
  ['created after, with an offset', { createdAfter: '2026-03-01T13:00:00.003+01:00' }, [4, 5]],
  ['q: a word in another case', { q: 'LOGIN' }, [1, 3, 4, 5]],
  ['q: all words', { q: 'login fix' }, [1, 3, 5]],
  ['q: the last word is a beginning', { q: 'fix logo' }, [2]],
  ['q: other words are whole', { q: 'logo fix' }, []],
  ['q: punctuation separates', { q: 'src/login.ts' }, [4]],
  ['q: accents count', { q: 'naive' }, []],
  ['q: composed and decomposed are the same', { q: 'nai\u0308ve' }, [4]],
  ['q: no word', { q: '"*"' }, []],
  ['q: words that look like operators', { q: 'fix OR login' }, []],
  ['q: syntax of a search engine', { q: '"fix" AND (login*) NOT ^x: {' }, []],
  [
    'everything at once',
    { status: ['failed'], projectId: 'p1', tenantId: 't1', q: 'tests', repo: 'https://git.example/a.git' },
    [4],
  ],
];

export const sessionListChecks: readonly StoreCheck[] = [
  ...filters.map(
    ([what, filter, expected]): StoreCheck => ({
      name: `sessions by ${what}`,
      promises: 'a filter finds exactly the sessions that meet it',
      async run({ store }) {
        await addVaried(store);
        same(await found(store, filter), expected, JSON.stringify(filter));
      },
    }),
  ),
  {
    name: 'filters follow a saved session',
    promises: 'after session-saved, filters and search see the new record and not the old one',
    async run({ store }) {
      const before = await addSession(store, 1, { labels: { team: 'web', tier: '1' }, prompt: 'Old words' });
      await addSession(store, 2);
      await store.commit([
        {
          kind: 'session-saved',
          session: {
            ...before,
            status: 'running',
            labels: { team: 'api', area: 'x' },
            prompt: 'New words',
            projectId: 'p9',
            repo: { mode: 'git', url: '/srv/repo' },
            agent: { type: 'acp', version: '2', settings: {} },
          },
        },
      ]);
      for (const filter of [
        { label: 'team:web' },
        { label: 'tier:1' },
        { q: 'old' },
        { status: ['queued' as const], label: 'team:api' },
      ]) {
        same(await found(store, filter), [], `by what it was: ${JSON.stringify(filter)}`);
      }
      for (const filter of [
        { label: ['team:api', 'area:x'] },
        { q: 'new' },
        { status: ['running' as const] },
        { projectId: 'p9' },
        { repo: '/srv/repo' },
        { agent: 'acp' as const },
      ]) {
        same(await found(store, filter), [1], `by what it is: ${JSON.stringify(filter)}`);
      }
      await store.commit([
        { kind: 'session-saved', session: { ...before, archivedAt: timestamp(sampleTime) } },
      ]);
      same(await found(store, {}), [2], 'once it is archived');
    },
  },
  {
    name: 'the texts of sessions are their records',
    promises: 'sessionText and sessionTexts give what session and sessions give, as the JSON it is kept as',
    async run({ store }) {
      await addVaried(store);
      const read = (text: string | undefined): unknown => JSON.parse(text ?? 'null');
      for (const filter of [{}, { status: ['completed', 'running'] as SessionStatus[] }, { q: 'nothing' }]) {
        for (const sort of sorts) {
          const records = await store.sessions(wholeHost, filter, sort, { perPage: 2 });
          const texts = await store.sessionTexts(wholeHost, filter, sort, { perPage: 2 });
          same(texts.items.map(read), asJson(records.items.map(({ record }) => record)), `${sort}: items`);
          same({ ...texts, items: [] }, { ...records, items: [] }, `${sort}: the page around them`);
        }
      }
      const one = await store.session(wholeHost, sampleId(1));
      same(read(await store.sessionText(wholeHost, sampleId(1))), asJson(one?.record), 'one');
      for (const scope of [wholeHost, { tenantId: 'nobody' }]) {
        same(await store.sessionText(scope, sampleId(scope === wholeHost ? 99 : 1)), undefined, 'no session');
      }
    },
  },
  {
    name: 'bad filters are refused',
    promises: 'a label without a colon and a time that is none are invalid-request and name their field',
    async run({ store }) {
      const list = (filter: SessionFilter) =>
        store.sessions(wholeHost, filter, '-createdAt', { perPage: 10 });
      const label = await rejectsWith('invalid-request', list({ label: 'team' }), 'label');
      holds(label.errors?.label !== undefined, 'the problem must name label');
      const time = await rejectsWith('invalid-request', list({ createdAfter: 'soon' }), 'createdAfter');
      holds(time.errors?.createdAfter !== undefined, 'the problem must name createdAfter');
    },
  },
  {
    name: 'sessions are sorted by each sort',
    promises: 'times order the list, sessions of one millisecond follow in the order of their creation',
    async run({ store }) {
      const times: readonly [number, number][] = [
        [5, 50],
        [1, 90],
        [5, 50],
        [9, 10],
        [5, 70],
      ];
      for (const [index, [created, updated]] of times.entries()) {
        await addSession(store, index + 1, {
          createdAt: timestamp(sampleTime + created),
          updatedAt: timestamp(sampleTime + updated),
        });
      }
      const expected = {
        createdAt: [2, 1, 3, 5, 4],
        '-createdAt': [4, 5, 3, 1, 2],
        updatedAt: [4, 1, 3, 5, 2],
        '-updatedAt': [2, 5, 3, 1, 4],
      };
      for (const sort of sorts) {
        const { items } = await store.sessions(wholeHost, {}, sort, { perPage: 10 });
        same(
          items.map(({ record }) => Number(record.id.slice(2))),
          expected[sort],
          sort,
        );
      }
    },
  },
  {
    name: 'pages and cursors give the same list',
    promises: 'under every sort and filter, walking by page and by cursor gives each session once, in order',
    async run({ store }) {
      for (const number of upTo(23)) {
        await addSession(store, number, {
          createdAt: timestamp(sampleTime + Math.floor(number / 4)),
          updatedAt: timestamp(sampleTime + ((number * 7) % 5)),
          labels: number % 3 === 0 ? { kind: 'third' } : {},
        });
      }
      for (const sort of sorts) {
        for (const filter of [{}, { label: 'kind:third' }, { q: 'login' }]) {
          const whole = (await store.sessions(wholeHost, filter, sort, { perPage: 200 })).items;
          for (const perPage of [1, 4, 23]) {
            const byCursor = await walk(
              (request) => store.sessions(wholeHost, filter, sort, request),
              perPage,
            );
            same(byCursor, whole, `${sort} by cursor, ${perPage} per page`);
            const byPage = [];
            for (let page: number | null = 1; page !== null; ) {
              const answer = await store.sessions(wholeHost, filter, sort, { perPage, page });
              same(answer.pagination.page, page, 'page');
              byPage.push(...answer.items);
              page = answer.nextPage;
            }
            same(byPage, whole, `${sort} by page, ${perPage} per page`);
          }
        }
      }
    },
  },
  {
    name: 'a cursor walk is not disturbed by new sessions',
    promises: 'what is created during a walk neither repeats nor hides what was there before',
    async run({ store }) {
      for (const number of upTo(6)) await addSession(store, number);
      const seen: number[] = [];
      let cursor: string | undefined;
      for (let number = 100; ; number++) {
        const page = await store.sessions(wholeHost, {}, '-createdAt', { perPage: 2, cursor });
        seen.push(...page.items.map(({ record }) => Number(record.id.slice(2))));
        if (page.nextCursor === null) break;
        cursor = page.nextCursor;
        await addSession(store, number);
      }
      same(seen, [6, 5, 4, 3, 2, 1], 'what the walk saw');
    },
  },
  {
    name: 'cursors of other lists are refused',
    promises: 'a cursor of another sort or list, a forged one, or one beside page is invalid-request',
    async run({ store }) {
      for (const number of upTo(3)) await addSession(store, number);
      const first = await store.sessions(wholeHost, {}, '-createdAt', { perPage: 1 });
      const cursor = first.nextCursor ?? '';
      const forged = (value: unknown) => btoa(JSON.stringify(value)).replace(/=+$/, '');
      for (const wrong of [
        'x',
        '%%%',
        forged(['sessions -createdAt']),
        forged(['sessions -createdAt', 'a', 'b']),
      ]) {
        await rejectsWith(
          'invalid-request',
          store.sessions(wholeHost, {}, '-createdAt', { perPage: 1, cursor: wrong }),
          wrong,
        );
      }
      await rejectsWith(
        'invalid-request',
        store.sessions(wholeHost, {}, 'createdAt', { perPage: 1, cursor }),
        'sort',
      );
      await rejectsWith('invalid-request', store.drafts(wholeHost, { perPage: 1, cursor }), 'another list');
      await rejectsWith(
        'invalid-request',
        store.sessions(wholeHost, {}, '-createdAt', { perPage: 1, cursor, page: 2 }),
        'cursor and page',
      );
    },
  },
];
