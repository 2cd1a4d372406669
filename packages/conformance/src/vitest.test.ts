import { describeSuite } from './vitest.ts';

describeSuite<number>(
  {
    name: 'describeSuite',
    checks: [
      { name: 'runs what is not skipped', promises: 'one test per check', run: async () => undefined },
      {
        name: 'skips what fails',
        promises: 'a skip that is still needed',
        run: () => Promise.reject(new Error('not yet')),
      },
      {
        name: 'skips what hangs',
        promises: 'a skip of what never ends',
        run: () => new Promise(() => undefined),
      },
    ],
  },
  {
    open: async () => ({ context: 1, close: async () => undefined }),
    skip: [{ reason: 'to show a skip', checks: ['skips what fails', 'skips what hangs'] }],
    timeoutMs: 200,
  },
);
