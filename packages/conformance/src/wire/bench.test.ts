import { expect, test } from 'vitest';
import { CheckFailed } from '../expect.ts';
import { check } from './bench.ts';
import type { WireContext } from './context.ts';

/** What a check says of a server that writes this. */
const failureAt = async (received: string): Promise<unknown> => {
  const context: WireContext = {
    base: 'http://harbor.test',
    apiKey: 'key',
    agent: () => ({ type: 'mock' }),
    exchange: async () => received,
  };
  const { run } = check('a version', 'is told', async (bench) => {
    await bench.get('/version');
  });
  return run(context).catch((error) => error);
};

test('silence and what is no HTTP/1.1 are told apart', async () => {
  expect(await failureAt('')).toMatchObject({ message: 'GET /version: no answer' });
  const old = 'HTTP/1.0 404 File not found\r\nConnection: close\r\n\r\n';
  const failure = await failureAt(old);
  expect(failure).toBeInstanceOf(CheckFailed);
  expect(failure).toMatchObject({
    message: 'GET /version: what came is no answer in HTTP/1.1',
    evidence: { received: old },
  });
});
