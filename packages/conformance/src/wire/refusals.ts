import { holds, same } from '../expect.ts';
import { hasStatus, isProblem, names, type WireAnswer } from './answer.ts';
import { check, type WireBench } from './bench.ts';

type Wrong = (bench: WireBench) => Promise<WireAnswer>;

const launching =
  (members: Readonly<Record<string, unknown>>): Wrong =>
  (bench) =>
    bench.post('/api/v1/tasks', bench.task(members));

/** The id of a session that is not there. */
const nobody = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

/** Requests with one wrong field each, and its name. */
const wrongFields: Readonly<Record<string, readonly [field: string, wrong: Wrong]>> = {
  'an unknown member': ['promt', launching({ promt: 'x' })],
  'an unknown member further in': [
    'agents.0.nmae',
    (bench) => bench.post('/api/v1/tasks', bench.task({ agents: [{ ...bench.agent('waits'), nmae: 'x' }] })),
  ],
  'an unknown member of the repository': ['repo.bracnh', launching({ repo: { mode: 'none', bracnh: 'x' } })],
  'an unknown member of the delivery': ['delivery.mod', launching({ delivery: { mode: 'none', mod: 'x' } })],
  'an unknown member of a content block': [
    'prompt.0.txet',
    launching({ prompt: [{ type: 'text', text: 'x', txet: 'y' }] }),
  ],
  'an unknown member of a draft': ['promt', (bench) => bench.post('/api/v1/drafts', { promt: 'x' })],
  'an unknown member of an update': [
    'promt',
    async (bench) => bench.put(await bench.draft(), { promt: 'x' }),
  ],
  'a value outside its list': ['agents.0.type', launching({ agents: [{ type: 'mok' }] })],
  'a missing prompt': ['prompt', launching({ prompt: undefined })],
  'a prompt that is no text': ['prompt', launching({ prompt: 7 })],
  'a url git must not see': ['repo.url', launching({ repo: { mode: 'git', url: 'ext::sh -c id' } })],
  'a url that looks like an option': [
    'repo.url',
    launching({ repo: { mode: 'git', url: '--upload-pack=id' } }),
  ],
  'a missing url': ['repo.url', launching({ repo: { mode: 'git' } })],
  'a branch name git refuses': [
    'delivery.targetBranch',
    launching({ delivery: { mode: 'branch', targetBranch: 'a..b' } }),
  ],
  'too many sessions': [
    'agents',
    (bench) =>
      bench.post(
        '/api/v1/tasks',
        bench.task({ agents: Array(8).fill({ ...bench.agent('waits'), count: 32 }) }),
      ),
  ],
  'agents and agent at once': [
    'agents',
    (bench) =>
      bench.post(
        '/api/v1/tasks',
        bench.task({ agent: bench.agent('waits'), agents: [bench.agent('waits')] }),
      ),
  ],
  'no agent at all': [
    'agents',
    (bench) => bench.post('/api/v1/tasks', { prompt: 'x', repo: { mode: 'none' } }),
  ],
  'a label that is no text': ['labels.a', launching({ labels: { a: 1 } })],
  'a commit that is none': [
    'repo.commit',
    launching({ repo: { mode: 'git', url: 'https://example.com/a.git', commit: 'HEAD' } }),
  ],
  'NUL in a text': ['labels.a', launching({ labels: { a: 'x\0y' } })],
  'a list for a body': ['body', (bench) => bench.post('/api/v1/tasks', '[]')],
  'no body': ['body', (bench) => bench.send({ method: 'POST', path: '/api/v1/tasks' })],
  'an unknown query member': ['stauts', (bench) => bench.get('/api/v1/sessions?stauts=x')],
  'a query member outside its list': ['sort', (bench) => bench.get('/api/v1/sessions?sort=nothing')],
  'a status nobody has': ['status', (bench) => bench.get('/api/v1/sessions?status=running,dancing')],
  'a query member twice': ['page', (bench) => bench.get('/api/v1/sessions?page=1&page=2')],
  'an unknown query member of one session': [
    'expand',
    async (bench) => bench.get(`/api/v1/sessions/${await bench.ended()}?expand=x`),
  ],
  'an unknown query member of a stream': [
    'tpye',
    async (bench) => bench.get(`/api/v1/sessions/${await bench.ended()}/events?tpye=log`),
  ],
  'an event type nobody has': ['type', (bench) => bench.get('/api/v1/events?type=log,dancing')],
  'a level nobody has': ['level', (bench) => bench.get('/api/v1/events?level=loud')],
  'a query that is no text': ['q', (bench) => bench.get('/api/v1/sessions?q=%ff')],
  'NUL in a query': ['q', (bench) => bench.get('/api/v1/sessions?q=%00')],
  'a time that is none': ['createdAfter', (bench) => bench.get('/api/v1/sessions?createdAfter=yesterday')],
};

/** Requests that are refused as a whole, and how. */
const wrongRequests: Readonly<Record<string, readonly [status: number, code: string, wrong: Wrong]>> = {
  'an unknown path': [404, 'route-not-found', (bench) => bench.get('/api/v1/nothing')],
  'a path with a slash at its end': [404, 'route-not-found', (bench) => bench.get('/api/v1/sessions/')],
  'an unknown session': [404, 'session-not-found', (bench) => bench.get(`/api/v1/sessions/${nobody}`)],
  'an unknown task': [404, 'task-not-found', (bench) => bench.get('/api/v1/tasks/nothing')],
  'an unknown draft': [404, 'draft-not-found', (bench) => bench.get('/api/v1/drafts/draft-nothing')],
  'an unknown repository': [
    404,
    'repository-not-found',
    (bench) => bench.get('/api/v1/repositories/nothing'),
  ],
  'an unknown agent': [404, 'agent-not-found', (bench) => bench.get('/api/v1/schemas/agents/nothing.json')],
  'an unknown problem': [404, 'problem-not-found', (bench) => bench.get('/problems/__proto__')],
  'the events of an unknown session': [
    404,
    'session-not-found',
    (bench) => bench.get(`/api/v1/sessions/${nobody}/events`, { accept: 'text/event-stream' }),
  ],
  'the logs of an unknown session': [
    404,
    'session-not-found',
    (bench) => bench.get(`/api/v1/sessions/${nobody}/logs`),
  ],
  'the files of an unknown session': [
    404,
    'session-not-found',
    (bench) => bench.get(`/api/v1/sessions/${nobody}/files`),
  ],
  'a stop of an unknown session': [
    404,
    'session-not-found',
    (bench) => bench.send({ method: 'POST', path: `/api/v1/sessions/${nobody}/stop` }),
  ],
  'deleting an unknown session': [
    404,
    'session-not-found',
    (bench) => bench.remove(`/api/v1/sessions/${nobody}`),
  ],
  'the branches of an unknown repository': [
    404,
    'repository-not-found',
    (bench) => bench.get('/api/v1/repositories/nothing/branches'),
  ],
  'a method the path does not have': [
    405,
    'method-not-allowed',
    (bench) => bench.send({ method: 'PATCH', path: '/api/v1/sessions' }),
  ],
  'a method nobody has': [
    405,
    'method-not-allowed',
    (bench) => bench.send({ method: 'TRACE', path: '/api/v1/sessions' }),
  ],
  'a type nobody can make': [
    406,
    'not-acceptable',
    (bench) => bench.get('/api/v1/sessions', { accept: 'text/csv' }),
  ],
  'a body of another type': [
    415,
    'unsupported-media-type',
    (bench) =>
      bench.post('/api/v1/tasks', 'prompt=x', { 'content-type': 'application/x-www-form-urlencoded' }),
  ],
  'a body in another encoding': [
    415,
    'unsupported-media-type',
    (bench) => bench.post('/api/v1/tasks', '{}', { 'content-encoding': 'br' }),
  ],
  'a body of no type': [
    415,
    'unsupported-media-type',
    (bench) => bench.post('/api/v1/tasks', '{}', { 'content-type': null }),
  ],
  'broken JSON': [400, 'malformed-body', (bench) => bench.post('/api/v1/tasks', '{"prompt": ')],
  'JSON that nests without end': [
    400,
    'malformed-body',
    (bench) => bench.post('/api/v1/tasks', '['.repeat(100_000)),
  ],
  'a body of 17 MB': [
    413,
    'payload-too-large',
    (bench) => bench.post('/api/v1/tasks', bench.task({ prompt: 'x'.repeat(17_000_000) })),
  ],
};

export const refusals = [
  ...Object.entries(wrongFields).map(([name, [field, wrong]]) =>
    check(`names the field: ${name}`, `400 about ${field}, in errors and in detail`, async (bench) => {
      const document = isProblem(await wrong(bench), 'invalid-request', name);
      names(document, field, name);
      holds(document.detail.includes(field), `detail does not name ${field}: ${document.detail}`);
    }),
  ),

  ...Object.entries(wrongRequests).map(([name, [status, code, wrong]]) =>
    check(`says what to do: ${name}`, `${status} ${code}, with a page that explains it`, async (bench) => {
      const answer = await wrong(bench);
      const document = isProblem(answer, code, name);
      same(answer.status, status, 'the status');
      if (status === 405) holds((answer.headers.allow ?? '') !== '', 'Allow is missing');
      const page = await bench.get(document.type, { authorization: null });
      hasStatus(page, 200, `the page ${document.type}`);
      holds(
        page.headers['content-type']?.startsWith('text/html'),
        `the page is ${page.headers['content-type']}`,
      );
    }),
  ),

  check('a refused launch launches nothing', 'a wrong request has no effect', async (bench) => {
    const label = await bench.mark();
    for (const members of [
      { promt: 'x' },
      { agents: [bench.agent('waits'), { type: 'mok' }] },
      { prompt: '' },
    ]) {
      await bench.post('/api/v1/tasks', bench.task({ ...members, labels: { refused: label } }));
    }
    const answer = await bench.get(`/api/v1/sessions?label=refused:${label}`);
    holds(answer.text.includes('"total":0'), `sessions were launched: ${answer.text.slice(0, 200)}`);
  }),

  check('a member called __proto__ changes nothing', 'it is refused by name', async (bench) => {
    const agents = JSON.stringify([bench.agent('waits')]);
    const body = `{"prompt":"x","repo":{"mode":"none"},"agents":${agents},"labels":{"__proto__":{"polluted":"1"}}}`;
    const document = isProblem(await bench.post('/api/v1/tasks', body), 'invalid-request', '__proto__');
    holds(
      Object.keys(document.errors ?? {}).some((field) => field.includes('__proto__')),
      'it is not named',
    );
  }),

  check(
    'a problem says where it happened',
    'instance is the path, without what may be secret',
    async (bench) => {
      const answer = await bench.get('/api/v1/sessions/nobody?ticket=secret&archived=true');
      const document = isProblem(answer, 'invalid-request', 'an unknown query member');
      same(document.instance, '/api/v1/sessions/nobody', 'instance');
      holds(!answer.text.includes('secret'), `the query is told: ${answer.text}`, answer.evidence);
    },
  ),

  check('a body that is no UTF-8 is refused', '400 malformed-body', async (bench) => {
    const body = '{"prompt":"\xff\xfe","repo":{"mode":"none"}}';
    const [answer] = await bench.raw(
      `POST /api/v1/drafts HTTP/1.1\r\nHost: ${bench.host}\r\nAuthorization: ApiKey ${bench.apiKey}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
    holds(answer !== undefined, 'nothing was answered');
    isProblem(answer, 'malformed-body', 'bytes that are no text');
  }),
];
