import { Readiness, Version } from '@agent-harbor/api-contract/schemas';
import { holds, same } from '../expect.ts';
import { bodyOf, hasStatus, isProblem, jsonOf, member, names } from './answer.ts';
import { check } from './bench.ts';

const comment = /^# (?:HELP|TYPE) [a-zA-Z_:][\w:]* \S/;
const labels = /\{[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*"(?:,[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*")*\}/;
const sample = new RegExp(`^[a-zA-Z_:][\\w:]*(?:${labels.source})? (?:[+-]?(?:\\d[\\d.e+-]*|Inf)|NaN)$`);

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

  check(
    'a scraper reads what the server counts',
    'the text format of Prometheus, for whoever may read; no id makes a series of its own',
    async (bench) => {
      const { id, task_id } = await bench.launch();
      await bench.get(`/api/v1/sessions/${id}`);
      // As Prometheus asks.
      const accept =
        'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.1';
      const answer = await bench.get('/metrics', { accept });
      hasStatus(answer, 200, '/metrics');
      const type = answer.headers['content-type'] ?? '';
      holds(/^text\/plain;\s*version=0\.0\.4(?:;|$)/.test(type), `Content-Type is ${type}`, answer.evidence);
      const lines = answer.text.split('\n');
      same(lines.pop(), '', 'the end of the last line');
      holds(lines.length > 0, 'nothing is counted', answer.evidence);
      for (const line of lines)
        holds(comment.test(line) || sample.test(line), `no line of the format: ${line}`);
      const told = [...answer.text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
      same(new Set(told).size, told.length, 'families told once');
      for (const secret of [id, task_id, bench.apiKey]) {
        holds(!answer.text.includes(secret), 'an id or a key is among the labels', answer.evidence);
      }
    },
  ),
];
