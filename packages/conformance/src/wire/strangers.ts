import { holds, same } from '../expect.ts';
import { hasStatus, isProblem, jsonOf, member } from './answer.ts';
import { check, type WireBench } from './bench.ts';

/** Everything a stranger may see. */
const publicPaths = [
  '/healthz',
  '/readyz',
  '/version',
  '/api/v1/openapi.json',
  '/api/docs',
  '/problems/{code}',
];

interface Operation {
  readonly method: string;
  readonly path: string;
}

/** Every operation the server says it has. */
const operations = async (bench: WireBench): Promise<readonly Operation[]> => {
  const paths = member(jsonOf(await bench.get('/api/v1/openapi.json', { authorization: null })), 'paths');
  holds(typeof paths === 'object' && paths !== null, 'the OpenAPI document has no paths');
  return Object.entries(paths).flatMap(([path, item]) =>
    ['get', 'put', 'post', 'delete', 'patch']
      .filter((method) => member(item, method) !== undefined)
      .map((method) => ({ method: method.toUpperCase(), path })),
  );
};

/** What strangers send instead of a credential. */
const credentials = (apiKey: string): readonly Readonly<Record<string, string | null>>[] => [
  { authorization: null },
  { authorization: '' },
  { authorization: 'ApiKey' },
  { authorization: 'ApiKey wrong' },
  { authorization: `ApiKey ${apiKey}x` },
  { authorization: `ApiKey ${apiKey.slice(0, -1)}` },
  { authorization: `ApiKey ${apiKey} ${apiKey}` },
  { authorization: `Basic ${apiKey}` },
  { authorization: apiKey },
  { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJyb2xlcyI6WyJhZG1pbiJdfQ.' },
  { authorization: null, 'x-api-key': 'wrong' },
  { authorization: null, 'x-api-key': '' },
];

export const strangers = [
  check('every route but the public ones asks for a credential', 'the same 401 everywhere', async (bench) => {
    const asked = (await operations(bench)).filter(({ path }) => !publicPaths.includes(path));
    holds(asked.length > 10, `only ${asked.length} routes ask for a credential`);
    const told = new Set<string>();
    for (const { method, path } of asked) {
      const target = path.replaceAll(/\{\w+\}/g, '01ARZ3NDEKTSV4RRFFQ69G5FAV');
      const answer = await bench.send({ method, path: target, headers: { authorization: null } });
      const {
        requestId: _,
        instance: __,
        ...document
      } = isProblem(answer, 'unauthorized', `${method} ${path}`);
      told.add(JSON.stringify([document, answer.headers['www-authenticate']]));
    }
    same(told.size, 1, 'different refusals');
  }),

  check(
    'all wrong credentials are answered alike',
    'missing, malformed and unknown cannot be told apart',
    async (bench) => {
      const told = new Set<string>();
      for (const headers of credentials(bench.apiKey)) {
        const answer = await bench.get('/api/v1/sessions', headers);
        const { requestId: _, ...document } = isProblem(
          answer,
          'unauthorized',
          JSON.stringify(Object.keys(headers)),
        );
        holds(answer.headers['www-authenticate'] !== undefined, 'WWW-Authenticate is missing');
        told.add(JSON.stringify([document, answer.headers['www-authenticate']]));
      }
      same(told.size, 1, 'different refusals');
    },
  ),

  check(
    'a stranger learns nothing about his request',
    'the credential is asked for before anything is read',
    async (bench) => {
      const headers = { authorization: null };
      const { id } = await bench.launch();
      for (const request of [
        { method: 'POST', path: '/api/v1/tasks', body: '{' },
        { method: 'POST', path: '/api/v1/tasks', body: 'x', headers: { 'content-type': 'text/plain' } },
        { method: 'GET', path: '/api/v1/sessions?perPage=x' },
        { method: 'GET', path: `/api/v1/sessions/${id}` },
        { method: 'GET', path: '/api/v1/sessions/nothing' },
        { method: 'DELETE', path: `/api/v1/sessions/${id}` },
      ]) {
        const answer = await bench.send({ ...request, headers: { ...request.headers, ...headers } });
        isProblem(answer, 'unauthorized', `${request.method} ${request.path}`);
      }
      hasStatus(await bench.get(`/api/v1/sessions/${id}`), 200, 'the session a stranger tried to delete');
    },
  ),

  check(
    'the public routes ask nobody',
    'health, version, contract, documentation, problem pages',
    async (bench) => {
      for (const path of publicPaths) {
        const answer = await bench.get(path.replace('{code}', 'unauthorized'), { authorization: null });
        hasStatus(answer, 200, path);
      }
    },
  ),

  check(
    'a key is taken three ways',
    'ApiKey, Bearer and X-API-Key; scheme names ignore case',
    async (bench) => {
      for (const headers of [
        { authorization: `ApiKey ${bench.apiKey}` },
        { authorization: `apikey ${bench.apiKey}` },
        { authorization: `Bearer ${bench.apiKey}` },
        { authorization: null, 'x-api-key': bench.apiKey },
      ]) {
        hasStatus(await bench.get('/api/v1/sessions', headers), 200, JSON.stringify(Object.keys(headers)));
      }
    },
  ),
];
