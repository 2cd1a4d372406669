import { anyRoute, policy } from '@agent-harbor/api-contract';
import { Problem } from '@agent-harbor/core';
import { initContract } from '@ts-rest/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import type { ApiOptions } from '../api.ts';
import type { Around } from '../http/around.ts';
import { type Features, mount } from '../http/mount.ts';
import { raw } from '../testing/raw.ts';
import { keyOf, serve } from '../testing/serve.ts';

const open = async (options: Partial<ApiOptions> = {}) => {
  const server = await serve(options);
  onTestFinished(() => server.close());
  return server;
};
const json = { 'content-type': 'application/json' };
const draft = { method: 'POST', body: '{"prompt":"x"}', headers: json };

describe('what is played around an answer', () => {
  const around = (route: string, act: Around): ApiOptions['around'] => {
    return (visit) => (visit.route === route ? act : undefined);
  };

  it('gives another answer, and the request is not carried out', async () => {
    const server = await open({
      around: around('drafts.create', async () => {
        throw new Problem('not-ready', { retryAfterSeconds: 7 });
      }),
    });
    const answer = await server.call('/api/v1/drafts', draft);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '7']);
    expect(await answer.json()).toMatchObject({
      code: 'not-ready',
      requestId: answer.headers.get('x-request-id'),
    });
    expect((await (await server.call('/api/v1/drafts')).json()).total).toBe(0);
  });

  it('may carry it out first, and sees the problems it ends with', async () => {
    const seen: number[] = [];
    const server = await open({
      around: around('drafts.create', async (proceed) => {
        const answer = await proceed();
        seen.push(answer.status);
        return answer;
      }),
    });
    expect((await server.call('/api/v1/drafts', draft)).status).toBe(201);
    expect((await server.call('/api/v1/drafts', { ...draft, body: '{"promt":1}' })).status).toBe(400);
    expect(seen).toEqual([201, 400]);
  });

  it('may give the connection up, before a byte or in the middle', async () => {
    const server = await open({
      around: ({ route }) => {
        if (route === 'drafts.list')
          return async () => ({ status: 200, headers: {}, payload: { kind: 'cut' } });
        if (route !== 'drafts.get') return undefined;
        return async () => ({
          status: 200,
          headers: { 'content-length': '10' },
          payload: { kind: 'stream', run: async (sink) => sink.breakOff('{"a"') },
        });
      },
    });
    const get = (path: string) =>
      raw(
        server.port,
        `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ApiKey ${keyOf('viewer')}\r\n\r\n`,
      );
    expect(await get('/api/v1/drafts')).toEqual([]);
    expect(await get('/api/v1/drafts/x')).toMatchObject([{ status: 200, body: '{"a"' }]);
  });

  it('stands behind the way in: a stranger never gets there', async () => {
    let visits = 0;
    const server = await open({
      around: () => {
        visits += 1;
        return undefined;
      },
    });
    expect((await server.call('/api/v1/drafts', { key: null })).status).toBe(401);
    expect((await server.call('/api/v1/nothing')).status).toBe(404);
    expect(visits).toBe(0);
    await server.call('/api/v1/drafts');
    expect(visits).toBe(1);
  });
});

describe('routes of another contract', () => {
  const c = initContract();
  const other = c.router(
    {
      beside: {
        echo: {
          method: 'POST',
          path: '/beside/echo',
          body: z.string(),
          responses: { 200: z.object({ text: z.string() }).strict() },
          metadata: policy({ role: 'admin', readsText: ['application/yaml', 'application/json'] }),
        },
      },
    },
    { commonResponses: anyRoute, strictStatusCodes: true },
  );
  const features: Features<typeof other> = {
    beside: { echo: async ({ body }) => ({ status: 200, body: { text: body } }) },
  };
  const echo = (type: string, body: string) => ({
    method: 'POST',
    key: keyOf('admin'),
    body,
    headers: { 'content-type': type },
  });

  it('are served by the same pipeline, and read text where they say so', async () => {
    const server = await open({ further: mount(other, features) });
    const yaml = await server.call('/beside/echo', echo('application/yaml; charset=utf-8', 'a: [1,\n'));
    expect([yaml.status, await yaml.json()]).toEqual([200, { text: 'a: [1,\n' }]);
    // Not parsed: whoever reads it can then say the line of a mistake.
    expect(await (await server.call('/beside/echo', echo('application/json', '{"a":'))).json()).toEqual({
      text: '{"a":',
    });
    expect((await server.call('/beside/echo', echo('text/plain', 'a'))).status).toBe(415);
    expect((await server.call('/beside/echo', echo('application/yaml', 'a\0'))).status).toBe(400);
    expect((await server.call('/beside/echo', { ...echo('application/yaml', 'a'), key: null })).status).toBe(
      401,
    );
    expect((await server.call('/beside/echo')).status).toBe(405);
    expect((await server.call('/api/v1/sessions')).status).toBe(200);
  });

  it('are not played around', async () => {
    const server = await open({
      further: mount(other, features),
      around: () => async () => {
        throw new Problem('not-ready');
      },
    });
    expect((await server.call('/beside/echo', echo('application/yaml', 'a'))).status).toBe(200);
    expect((await server.call('/api/v1/sessions')).status).toBe(503);
  });
});
