import { holds, same } from '../expect.ts';
import { hasStatus, isProblem, jsonOf, member } from './answer.ts';
import { check } from './bench.ts';

const foreignOrigins = [
  'https://evil.example',
  'null',
  'http://localhost:1',
  'http://127.0.0.1.evil.example',
];

export const pages = [
  check(
    'the server answers for its own names only',
    'a foreign Host is 421, also without a credential',
    async (bench) => {
      for (const host of [
        'evil.example',
        'localhost.evil.example',
        '127.0.0.1.evil.example',
        `evil.example#${bench.host}`,
      ]) {
        for (const headers of [{ host }, { host, authorization: null }]) {
          isProblem(await bench.get('/api/v1/sessions', headers), 'misdirected-request', `Host: ${host}`);
        }
        isProblem(
          await bench.post('/api/v1/drafts', {}, { host }),
          'misdirected-request',
          `POST with Host: ${host}`,
        );
      }
    },
  ),

  check(
    'probes reach the server by any name',
    'health routes are exempt from the Host check',
    async (bench) => {
      for (const path of ['/healthz', '/readyz', '/version']) {
        hasStatus(await bench.get(path, { host: '10.1.2.3:8080', authorization: null }), 200, path);
      }
    },
  ),

  check(
    'a page of another origin changes nothing',
    'whatever it sends is refused before it is read',
    async (bench) => {
      const { id } = await bench.launch();
      for (const origin of foreignOrigins) {
        for (const request of [
          { method: 'POST', path: '/api/v1/tasks', body: bench.task() },
          { method: 'POST', path: '/api/v1/tasks', body: '{}', headers: { 'content-type': 'text/plain' } },
          { method: 'POST', path: `/api/v1/sessions/${id}/stop` },
          { method: 'DELETE', path: `/api/v1/sessions/${id}` },
          { method: 'PUT', path: '/api/v1/drafts/draft-x', body: {} },
        ]) {
          const answer = await bench.send({ ...request, headers: { ...request.headers, origin } });
          isProblem(answer, 'forbidden', `${request.method} ${request.path} from ${origin}`);
        }
      }
      const hidden = { 'sec-fetch-site': 'cross-site' };
      isProblem(
        await bench.post('/api/v1/drafts', {}, hidden),
        'forbidden',
        'a cross-site POST without Origin',
      );
      const session = jsonOf(await bench.get(`/api/v1/sessions/${id}`));
      holds(
        !['stopping', 'stopped', 'cancelled'].includes(String(member(session, 'status'))),
        'the session was ended',
      );
    },
  ),

  check(
    'a page of another origin reads nothing',
    'no CORS header for an origin that is not allowed',
    async (bench) => {
      for (const origin of foreignOrigins) {
        const read = await bench.get('/api/v1/sessions', { origin });
        const preflight = await bench.send({
          method: 'OPTIONS',
          path: '/api/v1/tasks',
          headers: { origin, authorization: null, 'access-control-request-method': 'POST' },
        });
        for (const { headers } of [read, preflight]) {
          same(
            headers['access-control-allow-origin'],
            undefined,
            `Access-Control-Allow-Origin for ${origin}`,
          );
          same(headers['access-control-allow-credentials'], undefined, 'Access-Control-Allow-Credentials');
        }
        holds(preflight.status >= 400, `the preflight of ${origin} got ${preflight.status}`);
      }
    },
  ),

  check(
    'the own pages may act',
    'the origin under which the server was called is no other site',
    async (bench) => {
      const answer = await bench.post('/api/v1/drafts', {}, { origin: bench.base });
      hasStatus(answer, 201, 'a draft from the own origin');
      bench.discard(answer.headers.location ?? '');
    },
  ),

  check(
    'the documentation loads nothing from elsewhere',
    'every asset comes from the server itself',
    async (bench) => {
      const page = await bench.get('/api/docs', { authorization: null });
      const linked = [...page.text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url ?? '');
      holds(linked.length > 0, 'the page links nothing');
      for (const url of linked) {
        holds(url.startsWith('/') && !url.startsWith('//'), `the page links ${url}`);
        hasStatus(await bench.get(url, { authorization: null }), 200, url);
      }
      holds(
        page.headers['content-security-policy']?.includes("script-src 'self'"),
        'scripts of others may run',
      );
    },
  ),
];
