import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Served, serve } from '../testing/serve.ts';

describe('the API over Express', () => {
  let server: Served;
  beforeAll(async () => {
    server = await serve();
  });
  afterAll(() => server.close());

  it('says what every answer says', async () => {
    const answer = await server.call('/healthz', { key: null });
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'ratelimit-policy': '"default";q=6000;w=60',
      ratelimit: expect.stringMatching(/^"default";r=\d+;t=\d+$/),
      'x-request-id': expect.stringMatching(/^[0-9A-Z]{26}$/),
    });
    expect(answer.headers.get('x-powered-by')).toBeNull();
  });
});
