import { createMockClient, type MockClient } from '@agent-harbor/mock-client';
import { createMockHandlers } from '@agent-harbor/rest-api/msw';
import { setupWorker } from 'msw/browser';

/** For a story, or a page without a server: from now on what the page asks of `base` is answered in the page itself. */
export const startMock = async (base: string): Promise<MockClient> => {
  const mock = createMockClient({ seed: 'story', speed: 0.1 });
  const worker = setupWorker(...createMockHandlers(mock, { base }));
  await worker.start({ quiet: true, onUnhandledFrame: 'bypass' });
  return mock;
};
