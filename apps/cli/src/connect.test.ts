import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { run } from './run.ts';
import { createFakeIo } from './testing/fake-io.ts';

const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

test.each([
  [parent, parent],
  ['', undefined],
  ['nonsense\r\nx: y', undefined],
])('a command belongs to the trace of its environment: %j', async (variable, sent) => {
  const seen: unknown[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.traceparent);
    response.setHeader('content-type', 'application/json').end('{"items":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const env = { AH_REST_BASE: `http://127.0.0.1:${port}`, AH_API_KEY: 'key', TRACEPARENT: variable };
  expect(await run(['remote', 'agents'], createFakeIo({ env }))).toBe(0);
  expect(seen).toEqual([sent]);
});
