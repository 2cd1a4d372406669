import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storeSuite } from '@agent-harbor/conformance';
import { describeSuite } from '@agent-harbor/conformance/vitest';
import { createSeededIds } from '@agent-harbor/core';
import { openSqliteStore } from './index.ts';

describeSuite(storeSuite, {
  open: async () => {
    const directory = await mkdtemp(join(tmpdir(), 'agent-harbor-store-'));
    const store = await openSqliteStore({
      path: join(directory, 'harbor.db'),
      ids: createSeededIds('suite'),
    });
    return {
      context: { store },
      async close() {
        await store.close();
        await rm(directory, { recursive: true });
      },
    };
  },
});
