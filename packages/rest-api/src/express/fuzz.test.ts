import { contract } from '@agent-harbor/api-contract';
import { ProblemDocument } from '@agent-harbor/api-contract/schemas';
import { memoryHarbor } from '@agent-harbor/mock-client';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Served, serve, systemClock } from '../testing/serve.ts';

const routes = new Map(
  Object.values(contract)
    .flatMap((area) => Object.values(area))
    .map((route) => [`${route.method} ${route.path}`, route]),
);

/** Words that mean something somewhere, so that random requests get further than the first check. */
const words = [
  ...[
    '1',
    '0',
    '-1',
    '200',
    '201',
    '9'.repeat(400),
    'x',
    '',
    ' ',
    '*',
    'true',
    'null',
    '[object Object]',
    '__proto__',
  ],
  ...[
    'running',
    'mock',
    'log',
    'error',
    'thought,log',
    'asc',
    '-createdAt',
    'a:b',
    ':',
    'mock-0',
    'a\0b',
    '日本',
    '\u{1f600}',
  ],
  ...[
    '2026-01-02T03:04:05Z',
    '2026-99-99T99:99:99Z',
    '../../etc/passwd',
    '%2e%2e',
    '"(',
    "' OR 1=1",
    'a* OR NEAR(b)',
  ],
];
const word = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...words) }, fc.string({ unit: 'grapheme' }));
const names = [
  ...[
    'page',
    'perPage',
    'cursor',
    'sort',
    'status',
    'agent',
    'label',
    'q',
    'type',
    'level',
    'since',
    'until',
    'after',
  ],
  ...[
    'tail',
    'follow',
    'archived',
    'context',
    'full',
    'files',
    'path',
    'taskId',
    'createdAfter',
    'repo',
    'format',
    'zz',
  ],
];
const query = fc.array(fc.tuple(fc.constantFrom(...names), word), { maxLength: 3 });
const members = [
  'prompt',
  'repo',
  'agents',
  'agent',
  'runtime',
  'delivery',
  'labels',
  'type',
  'mode',
  'url',
  'branch',
  'settings',
  'count',
];
const body = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    word,
    fc.constantFrom(null, true, 1, -1, 0.5, 1e308),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(...members, ...words.filter((name) => name !== '__proto__')),
      tie('value'),
      { maxKeys: 5 },
    ),
  ),
})).value;
const task = { prompt: 'x', repo: { mode: 'none' }, agent: { type: 'mock' } };
const bodies = fc.oneof(body, fc.constantFrom<unknown>(task, { prompt: 'x' }, {}));
/** `session` and `draft` stand for ids that are there. */
const param = fc.oneof(fc.constantFrom('session', 'draft'), word);
const headers = fc.dictionary(
  fc.constantFrom('if-none-match', 'if-match', 'idempotency-key', 'last-event-id', 'accept', 'x-request-id'),
  fc.oneof(word, fc.constantFrom('application/json', 'text/plain', '"x"', 'W/"x", *')),
  { maxKeys: 3 },
);

describe('whatever is sent', () => {
  let server: Served;
  let harbor: ReturnType<typeof memoryHarbor>;
  const there = new Map<string, string>();
  beforeAll(async () => {
    harbor = memoryHarbor(systemClock, { speed: 0 });
    server = await serve({ harbor, rateLimit: { quota: 1e9, windowSeconds: 60 } });
    const { id } = await harbor.tasks.launch({
      prompt: 'x',
      repo: { mode: 'none' },
      agent: { type: 'mock' },
    });
    there.set('session', id);
    there.set('draft', (await harbor.tasks.createDraft({})).id);
    for await (const _ of harbor.tasks.subscribe(id));
  });
  afterAll(async () => {
    await server.close();
    await harbor.close();
  });

  it('the answer is one the contract has, or a problem, and never a failure of ours', {
    timeout: 60_000,
  }, async () => {
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...routes.keys()),
        fc.array(param),
        query,
        headers,
        bodies,
        async (name, params, members, sent, value) => {
          const route = routes.get(name);
          if (route === undefined) return;
          const values = [...params];
          const next = () => values.shift() ?? 'session';
          const path = route.path.replaceAll(/:\w+/g, () => {
            const each = next();
            return encodeURIComponent((there.get(each) ?? each).toWellFormed());
          });
          const search = members
            .map(([name, text]) => `${name}=${encodeURIComponent(text.toWellFormed())}`)
            .join('&');
          const given = new Headers({ 'content-type': 'application/json' });
          for (const [name, text] of Object.entries(sent)) {
            if (/^[\x21-\x7e ]*$/.test(text)) given.set(name, text);
          }
          // A stream of everything would go on for ever.
          if (route.path === '/api/v1/events') given.set('accept', 'application/json');
          const answer = await server.call(search === '' ? path : `${path}?${search}`, {
            method: route.method,
            headers: Object.fromEntries(given),
            ...(route.method === 'GET' ? {} : { body: JSON.stringify(value) }),
          });
          statuses.add(answer.status);
          const text = await answer.text();
          expect([answer.status, text], `${route.method} ${path}?${search}`).not.toContain(500);
          expect(Object.keys(route.responses)).toContain(String(answer.status));
          if (answer.status >= 400) ProblemDocument.parse(JSON.parse(text));
        },
      ),
      { numRuns: 3_000 },
    );
    // Requests that are all refused at the door would prove nothing.
    expect([...statuses]).toEqual(expect.arrayContaining([200, 201, 400, 404]));
    expect(server.logged.filter(([level]) => level === 'error')).toEqual([]);
  });
});
