import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ManagerContext, managerSuite, mockAgent, type Opened } from '@agent-harbor/conformance';
import { describeSuite } from '@agent-harbor/conformance/vitest';
import { connect } from '@agent-harbor/rest-client/node';
import { contractReader } from '@agent-harbor/rest-client/validation';
import { describe } from 'vitest';
import { startMockServer } from './start.ts';

/** A server and a client of its own for every check, found by the key file, over HTTP. */
const open = async (): Promise<Opened<ManagerContext>> => {
  const stateDir = await mkdtemp(join(tmpdir(), 'ah-mock-'));
  const server = await startMockServer({ port: 0, stateDir, speed: 0.05, maxConcurrentTasks: 2 });
  const client = connect({ base: server.url, stateDir, reader: contractReader });
  const { tasks: manager, workspaces, catalogue, conversations, deliveries, webhooks, terminals } = client;
  const repo = { mode: 'git', url: 'https://example.test/demo.git' } as const;
  return {
    context: {
      manager,
      workspaces,
      catalogue,
      conversations,
      webhooks,
      deliveries,
      terminals,
      agent: mockAgent,
      repo,
      settle: (work) => work,
    },
    async close() {
      await client.close();
      await server.close();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
};

describe('the REST client against the mock server', () => {
  describeSuite(managerSuite, { open });
});
