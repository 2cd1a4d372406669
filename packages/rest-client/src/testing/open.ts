import { onTestFinished } from 'vitest';
import type { ClientOptions, HarborClient } from '../client.ts';
import type { ReplyReader } from '../replies.ts';
import { createEagerClock } from './eager-clock.ts';
import { type Handler, type StubServer, startStub } from './stub-server.ts';

/** A stub that is closed with the test. */
export const serve = async (handler: Handler, port = 0): Promise<StubServer> => {
  const stub = await startStub(handler, port);
  onTestFinished(() => stub.close());
  return stub;
};

/** Opens clients of one door whose waits pass at once; each is closed with its test. */
export const opener =
  (connect: (options: ClientOptions) => HarborClient, reader: ReplyReader) =>
  (base: string, options: Partial<ClientOptions> = {}): HarborClient => {
    const parts = { base, apiKey: 'key', clock: createEagerClock(), random: () => 1, reader };
    const client = connect({ ...parts, ...options });
    onTestFinished(() => client.close());
    return client;
  };
