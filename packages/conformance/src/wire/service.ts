import { Readiness, Version } from '@agent-harbor/api-contract/schemas';
import { holds, same } from '../expect.ts';
import { bodyOf, hasStatus, isProblem, jsonOf, member, names } from './answer.ts';
import { check } from './bench.ts';

export const service = [
  check('the process says that it is alive', 'without a credential, and without detail', async (bench) => {
    const answer = await bench.get('/healthz', { authorization: null });
    hasStatus(answer, 200, '/healthz');
    same(jsonOf(answer), { status: 'ok' }, '/healthz');
  }),

  check('readiness is told with its reasons', '200 and none, or 503 and what is missing', async (bench) => {
    const answer = await bench.get('/readyz', { authorization: null });
    if (answer.status === 503) {
      names(isProblem(answer, 'not-ready', '/readyz'), 'reasons', '/readyz');
      return;
    }
    hasStatus(answer, 200, '/readyz');
    same(bodyOf(Readiness, answer, '/readyz'), { status: 'ready', reasons: [] }, '/readyz');
  }),

  check('the version names the contract', 'name, version and apiVersion', async (bench) => {
    const answer = await bench.get('/version', { authorization: null });
    const { name, version } = bodyOf(Version, answer, '/version');
    holds(name !== '' && version !== '', 'the server has no name or no version', answer.evidence);
  }),

  check('the contract is there to read', 'OpenAPI 3.1, with the routes every server has', async (bench) => {
    const answer = await bench.get('/api/v1/openapi.json', { authorization: null });
    same(answer.headers['content-type']?.split(';')[0], 'application/json', 'Content-Type');
    const document = jsonOf(answer);
    holds(
      /^3\.1\.\d+$/.test(String(member(document, 'openapi'))),
      `openapi is ${member(document, 'openapi')}`,
    );
    const paths = member(document, 'paths');
    for (const [path, method] of [
      ['/api/v1/tasks', 'post'],
      ['/api/v1/sessions', 'get'],
      ['/api/v1/sessions/{id}', 'delete'],
      ['/api/v1/sessions/{id}/events', 'get'],
      ['/healthz', 'get'],
    ] as const) {
      holds(member(member(paths, path), method) !== undefined, `${method} ${path} is not described`);
    }
  }),
];
