import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mockAgent, wireSuite } from '@agent-harbor/conformance';
import { createExchange } from '@agent-harbor/conformance/node';
import { describeSuite } from '@agent-harbor/conformance/vitest';
import { afterAll, beforeAll, describe } from 'vitest';
import { type RunningMockServer, startMockServer } from './start.ts';

describe('the mock server on the wire', () => {
  let stateDir: string;
  let server: RunningMockServer;
  let apiKey: string;
  beforeAll(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'ah-mock-wire-'));
    server = await startMockServer({ port: 0, stateDir, maxConcurrentTasks: 100 });
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
        exchange: createExchange(server.url),
      },
      close: async () => undefined,
    }),
  });
});
