import { createMemoryStore } from '@agent-harbor/core/memory';
import { describeSuite } from '../vitest.ts';
import { storeSuite } from './suite.ts';

describeSuite(storeSuite, {
  open: async () => {
    const store = createMemoryStore();
    return { context: { store }, close: () => store.close() };
  },
});
