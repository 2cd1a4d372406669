import { CheckFailed, mockAgent, runCheck, wireSuite } from '@agent-harbor/conformance';
import { createExchange } from '@agent-harbor/conformance/node';
import { memoryHarbor } from '@agent-harbor/mock-client';
import { describe, expect, it } from 'vitest';
import type { ApiOptions } from '../api.ts';
import { keyOf, serve, systemClock } from '../testing/serve.ts';

/** Servers with one guard left out each, and the check that must notice. */
const unguarded: readonly [check: string, options: Partial<ApiOptions>][] = [
  ['all wrong credentials are answered alike', { credentials: null }],
  ['a key is taken three ways', { credentials: { verify: async () => undefined } }],
  ['the server answers for its own names only', { publicHosts: ['evil.example'] }],
  ['a page of another origin changes nothing', { allowedOrigins: ['https://evil.example'] }],
  ['a page of another origin reads nothing', { allowedOrigins: ['https://evil.example'] }],
  ['every answer tells the rate limit', { rateLimit: { quota: 0.5, windowSeconds: 60 } }],
  ['every answer has a request id', { ids: { next: () => 'no id', random: () => 0 } }],
  ['the documentation loads nothing from elsewhere', { assets: undefined }],
  ['every route but the public ones asks for a credential', { openapi: () => ({ paths: {} }) }],
];

describe('the wire suite notices a server without', () => {
  it.each(unguarded)('%s', async (name, options) => {
    const check = wireSuite.checks.find((each) => each.name === name);
    if (check === undefined) throw new Error(`there is no check named ${name}`);
    const harbor = memoryHarbor(systemClock);
    const server = await serve({ harbor, ...options });
    const context = {
      base: server.url,
      apiKey: keyOf('admin'),
      agent: mockAgent,
      exchange: createExchange(server.url),
    };
    const close = async () => {
      await server.close();
      await harbor.close();
    };
    await expect(runCheck(check, async () => ({ context, close }))).rejects.toThrow(CheckFailed);
  });
});
