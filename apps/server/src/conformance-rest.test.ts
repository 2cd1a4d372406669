import { managerSuite } from '@agent-harbor/conformance';
import { describeSuite } from '@agent-harbor/conformance/vitest';
import type { HarborClient } from '@agent-harbor/rest-client';
import { connect } from '@agent-harbor/rest-client/node';
import { contractReader } from '@agent-harbor/rest-client/validation';
import { afterAll, beforeAll, describe } from 'vitest';
import { type RunningServer, startServer } from './start.ts';
import { createRealHost, managerContext, type RealHost } from './testing/real-host.ts';

describe('the REST client against the real server', () => {
  let host: RealHost;
  let server: RunningServer;
  let client: HarborClient;
  beforeAll(async () => {
    host = await createRealHost();
    const { stateDir, programs } = host;
    server = await startServer({ port: 0, stateDir, maxConcurrentTasks: 2, stopSessions: true, ...programs });
    client = connect({ base: server.url, stateDir, reader: contractReader });
  });
  afterAll(async () => {
    await client?.close();
    await server?.close();
    await host?.remove();
  });

  describeSuite(managerSuite, {
    // One server for all checks, as in life; each check cleans up its sessions.
    open: async () => ({ context: managerContext(client, host), close: async () => undefined }),
    timeoutMs: 60_000,
  });
});
