import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mockAgent, wireSuite } from '@agent-harbor/conformance';
import { createExchange } from '@agent-harbor/conformance/node';
import { describeSuite } from '@agent-harbor/conformance/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningMockServer, startMockServer } from './start.ts';
import { type Reached, watchRoutes } from './testing/reached.ts';

describe('the mock server on the wire', () => {
  let stateDir: string;
  let server: RunningMockServer;
  let apiKey: string;
  let reached: Reached;
  beforeAll(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'ah-mock-wire-'));
    server = await startMockServer({ port: 0, stateDir, maxConcurrentTasks: 100 });
    reached = watchRoutes(createExchange(server.url));
    apiKey = (await readFile(server.keyFile, 'utf8')).trim();
  });
  afterAll(async () => {
    await server?.close();
    await rm(stateDir, { recursive: true, force: true });
  });

  describeSuite(wireSuite, {
    // One server for all checks, as in life; each check cleans up its sessions.
    open: async () => ({
      context: {
        base: server.url,
        apiKey,
        agent: mockAgent,
        repo: 'https://example.test/checks.git',
        exchange: reached.exchange,
      },
      close: async () => undefined,
    }),
  });

  // Behind the suite: what is in the contract and in no check could be anything at all on another server.
  test('the checks call every route of the contract, and each answers', () => {
    expect(reached.missing()).toEqual([]);
  });
});
