import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { managerSuite } from '@agent-harbor/conformance';
import { describeSuite } from '@agent-harbor/conformance/vitest';
import { createHarbor, type Executor, type Harbor, type Store } from '@agent-harbor/core';
import { createProcessExecutor } from '@agent-harbor/executor';
import { openSqliteStore } from '@agent-harbor/store';
import { createWebhookSender } from '@agent-harbor/webhook';
import { afterAll, beforeAll, describe } from 'vitest';
import { systemClock } from './clock.ts';
import { createIds } from './ids.ts';
import { createRealHost, managerContext, type RealHost } from './testing/real-host.ts';

describe('the manager over SQLite and real processes', () => {
  let host: RealHost;
  let store: Store;
  let executor: Executor;
  let harbor: Harbor;
  const sender = createWebhookSender({ networks: [] });
  beforeAll(async () => {
    host = await createRealHost();
    const { stateDir, programs } = host;
    await mkdir(stateDir);
    const ids = createIds(systemClock);
    store = await openSqliteStore({ path: join(stateDir, 'harbor.db'), ids });
    executor = await createProcessExecutor({ stateDir, clock: systemClock, ids, ...programs });
    const webhooks = { sender };
    harbor = createHarbor({ store, executor, clock: systemClock, ids, maxConcurrentTasks: 2, webhooks });
  });
  afterAll(async () => {
    await harbor?.close({ stopSessions: true });
    await executor?.close();
    await store?.close();
    await sender.close();
    await host?.remove();
  });

  describeSuite(managerSuite, {
    open: async () => ({ context: managerContext(harbor, host), close: async () => undefined }),
    timeoutMs: 60_000,
  });
});
