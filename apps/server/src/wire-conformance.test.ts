import { readFile } from 'node:fs/promises';
import { quickMockAgent, wireSuite } from '@agent-harbor/conformance';
import { createExchange } from '@agent-harbor/conformance/node';
import { describeSuite } from '@agent-harbor/conformance/vitest';
import { afterAll, beforeAll, describe } from 'vitest';
import { type RunningServer, startServer } from './start.ts';
import { createRealHost, type RealHost } from './testing/real-host.ts';

describe('the real server on the wire', () => {
  let host: RealHost;
  let server: RunningServer;
  let apiKey: string;
  beforeAll(async () => {
    host = await createRealHost();
    const { stateDir, programs } = host;
    server = await startServer({ port: 0, stateDir, maxConcurrentTasks: 4, stopSessions: true, ...programs });
    apiKey = (await readFile(server.keyFile, 'utf8')).trim();
  });
  afterAll(async () => {
    await server?.close();
    await host?.remove();
  });

  describeSuite(wireSuite, {
    // One server for all checks, as in life; each check cleans up its sessions.
    open: async () => ({
      context: {
        base: server.url,
        apiKey,
        agent: quickMockAgent,
        repo: host.repository,
        exchange: createExchange(server.url),
      },
      close: async () => undefined,
    }),
    timeoutMs: 60_000,
  });
});
