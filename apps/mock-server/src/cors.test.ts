import { describe, expect, it } from 'vitest';
import { type OpenMock, openMock } from './testing/open-mock.ts';

const page = 'http://localhost:5173';
const task = {
  prompt: 'x',
  repo: { mode: 'none' },
  agent: { type: 'mock', settings: { scenario: 'quick-edit' } },
};

/** What a browser asks before it lets a page send a request of this kind. */
const preflight = ({ server }: OpenMock, method: string, path: string, headers: string, origin = page) =>
  fetch(server.url + path, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': headers,
    },
  });

/** Whether a browser would go on: the method and every header are allowed to the origin. */
const goesOn = (answer: Response, method: string, headers: string, origin = page): boolean => {
  const list = (name: string) => (answer.headers.get(name) ?? '').toLowerCase().split(/, */);
  return (
    answer.ok &&
    answer.headers.get('access-control-allow-origin') === origin &&
    list('access-control-allow-methods').includes(method.toLowerCase()) &&
    headers.split(',').every((header) => list('access-control-allow-headers').includes(header.trim()))
  );
};

describe('a page of another origin', () => {
  it.each([
    ['POST', '/api/v1/tasks', 'authorization,content-type,idempotency-key'],
    ['GET', '/api/v1/events', 'authorization,last-event-id'],
    ['PUT', '/api/v1/drafts/x', 'x-api-key,content-type,if-match'],
    ['GET', '/api/v1/sessions/x', 'authorization,if-none-match,x-request-id,traceparent'],
    ['DELETE', '/api/v1/sessions/x', 'authorization'],
    ['POST', '/mock/clock', 'authorization,content-type'],
    ['DELETE', '/mock/faults', 'authorization'],
  ])('may %s %s with the headers it needs, where it is allowed', async (method, path, headers) => {
    const mock = await openMock({ cors: [page] });
    expect(goesOn(await preflight(mock, method, path, headers), method, headers)).toBe(true);
    const stranger = await preflight(mock, method, path, headers, 'http://localhost:5174');
    expect(goesOn(stranger, method, headers, 'http://localhost:5174')).toBe(false);
  });

  it('reads answers, problems and streams, with the headers that matter', async () => {
    const mock = await openMock({ cors: [page] });
    const origin = { origin: page };
    const launched = await mock.call('POST', '/api/v1/tasks', task, origin);
    const answers = [
      launched,
      await mock.call('GET', '/api/v1/sessions/none', undefined, origin),
      await mock.call('GET', '/mock/clock', undefined, origin),
      await fetch(`${mock.server.url}/api/v1/sessions`, { headers: origin }),
    ];
    const { id } = await launched.json();
    answers.push(
      await mock.call('GET', `/api/v1/sessions/${id}/events`, undefined, {
        ...origin,
        accept: 'text/event-stream',
      }),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 404, 200, 401, 200]);
    for (const answer of answers) {
      expect(answer.headers.get('access-control-allow-origin')).toBe(page);
      expect(answer.headers.get('vary')).toContain('Origin');
      const exposed = answer.headers.get('access-control-expose-headers');
      for (const name of ['ETag', 'Idempotency-Replayed', 'Retry-After', 'RateLimit', 'X-Request-Id']) {
        expect(exposed?.split(', ')).toContain(name);
      }
      if (!answer.bodyUsed) await answer.body?.cancel();
    }
  });

  it('is any page at all only where that is said', async () => {
    const open = await openMock({ cors: ['*'] });
    const origin = 'https://anywhere.example';
    const headers = 'authorization,content-type';
    expect(
      goesOn(await preflight(open, 'POST', '/api/v1/tasks', headers, origin), 'POST', headers, origin),
    ).toBe(true);
    expect((await open.call('POST', '/api/v1/tasks', task, { origin })).status).toBe(201);
    const closed = await openMock();
    expect((await closed.call('POST', '/api/v1/tasks', task, { origin })).status).toBe(403);
  });

  it.each([['localhost:5173'], ['http://localhost:5173/app'], ['https://*.example'], ['']])(
    'cannot be named by %j',
    async (origin) => {
      await expect(openMock({ cors: [origin] })).rejects.toMatchObject({
        errors: { 'cors.0': [expect.stringContaining('must be an origin')] },
      });
    },
  );
});
