import { holds, same } from '../expect.ts';
import { hasStatus, isProblem, type WireAnswer } from './answer.ts';
import { check, type WireBench } from './bench.ts';

/** Answers of every kind: good, refused, missing, public, page. */
const kinds = (bench: WireBench): Promise<readonly WireAnswer[]> =>
  Promise.all([
    bench.get('/api/v1/sessions'),
    bench.get('/healthz', { authorization: null }),
    bench.get('/api/v1/nothing'),
    bench.get('/api/v1/sessions', { authorization: null }),
    bench.post('/api/v1/tasks', '{'),
    bench.get('/api/docs'),
    bench.get('/problems/unauthorized'),
    bench.send({ method: 'HEAD', path: '/api/v1/sessions' }),
  ]);

export const everyAnswer = [
  check(
    'every answer has a request id',
    'a ULID or UUID; the one the caller sent when it is one',
    async (bench) => {
      for (const answer of await kinds(bench)) {
        const id = answer.headers['x-request-id'] ?? '';
        holds(/^[0-9A-Z]{26}$|^[0-9a-f-]{36}$/i.test(id), `X-Request-Id is ${JSON.stringify(id)}`);
      }
      for (const sent of ['01ARZ3NDEKTSV4RRFFQ69G5FAV', '123e4567-e89b-42d3-a456-426614174000']) {
        const answer = await bench.get('/api/v1/nothing', { 'x-request-id': sent });
        same(isProblem(answer, 'route-not-found', 'an unknown path').requestId, sent, 'the request id');
      }
      const forged = await bench.get('/healthz', { 'x-request-id': 'x","level":"fatal' });
      holds(forged.headers['x-request-id'] !== 'x","level":"fatal', 'a request id that is none was taken');
    },
  ),

  check('every answer tells the rate limit', 'RateLimit and RateLimit-Policy, which agree', async (bench) => {
    for (const { headers } of await kinds(bench)) {
      const policy = /^"([^"]+)";q=(\d+);w=(\d+)$/.exec(headers['ratelimit-policy'] ?? '');
      const state = /^"([^"]+)";r=(\d+);t=(\d+)$/.exec(headers.ratelimit ?? '');
      holds(policy !== null, `RateLimit-Policy is ${headers['ratelimit-policy']}`);
      holds(state !== null, `RateLimit is ${headers.ratelimit}`);
      same(state[1], policy[1], 'the name of the policy');
      holds(Number(state[2]) <= Number(policy[2]), `${state[2]} of ${policy[2]} requests are left`);
      holds(Number(state[3]) <= Number(policy[3]), `the window of ${policy[3]} s ends in ${state[3]} s`);
    }
  }),

  check('the rate limit counts', 'every request leaves less, until the window ends', async (bench) => {
    const states: { left: number; seconds: number }[] = [];
    for (let turn = 0; turn < 3; turn++) {
      const { ratelimit = '' } = (await bench.get('/api/v1/agents')).headers;
      const [, left, seconds] = /;r=(\d+);t=(\d+)$/.exec(ratelimit) ?? [];
      states.push({ left: Number(left), seconds: Number(seconds) });
    }
    for (const [place, { left, seconds }] of states.slice(1).entries()) {
      const before = states[place];
      const isNewWindow = before !== undefined && seconds > before.seconds;
      holds(before !== undefined && (left < before.left || isNewWindow), `the limits were ${show(states)}`);
    }
  }),

  check(
    'no answer can be taken for another type',
    'nosniff everywhere, no scripts, no frames',
    async (bench) => {
      for (const { headers } of await kinds(bench)) {
        same(headers['x-content-type-options'], 'nosniff', 'X-Content-Type-Options');
        holds(
          headers['content-security-policy']?.includes("frame-ancestors 'none'"),
          'answers may be framed',
        );
        holds(headers['x-powered-by'] === undefined, 'the server tells what it is made of');
      }
    },
  ),

  check('HEAD is GET without the body', 'same status, same length', async (bench) => {
    const [get, head] = [
      await bench.get('/api/v1/agents'),
      await bench.send({ method: 'HEAD', path: '/api/v1/agents' }),
    ];
    hasStatus(head, 200, 'HEAD');
    same(head.text, '', 'the body');
    same(head.headers['content-type'], get.headers['content-type'], 'Content-Type');
    same(head.headers['content-length'], get.headers['content-length'], 'Content-Length');
  }),
];

const show = (value: unknown): string => JSON.stringify(value);
