import { describe, expect, test } from 'vitest';
import { connect as connectByFetch } from './index.ts';
import { connect as connectByUndici } from './node.ts';
import { trustingReader } from './replies.ts';
import { opener, serve } from './testing/open.ts';
import { rejection } from './testing/outcomes.ts';
import { type Handler, problemAnswer } from './testing/stub-server.ts';

describe.each([
  ['fetch', connectByFetch],
  ['undici', connectByUndici],
])('bytes by %s', (_, connect) => {
  const open = opener(connect, trustingReader);
  const setup = async (handle: Handler) => {
    const stub = await serve(handle);
    return { stub, client: open(stub.base) };
  };
  const whole = async (bytes: AsyncIterable<Uint8Array>): Promise<Buffer> => {
    const pieces: Uint8Array[] = [];
    for await (const piece of bytes) pieces.push(piece);
    return Buffer.concat(pieces);
  };

  test('come as they were sent, whatever they are', async () => {
    const sent = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 256));
    const { client, stub } = await setup((_seen, response) => {
      response.writeHead(200, { 'content-type': 'text/x-patch' });
      response.write(sent.subarray(0, 1000));
      response.end(sent.subarray(1000));
      return undefined;
    });
    const bytes = await client.workspaces.patch('S', { files: 'a b' });
    expect((await whole(bytes)).equals(sent)).toBe(true);
    expect(stub.seen[0]).toMatchObject({
      url: '/api/v1/sessions/S/patch?files=a+b',
      headers: { accept: '*/*' },
    });
  });

  test('are refused with the problem, and nothing can be none', async () => {
    const { client } = await setup((seen) =>
      seen.url.includes('/NONE/')
        ? problemAnswer(404, 'session-not-found')
        : { headers: { 'content-type': 'text/x-patch' }, body: '' },
    );
    expect(await rejection(client.workspaces.patch('NONE'))).toMatchObject({ code: 'session-not-found' });
    expect(await whole(await client.workspaces.patch('S'))).toHaveLength(0);
  });

  test('that break off are no whole answer', async () => {
    const { client } = await setup((_seen, response, socket) => {
      response.writeHead(200, { 'content-type': 'text/x-patch' });
      response.write('half', () => socket.destroy());
      return undefined;
    });
    const broken = client.workspaces.patch('S').then(whole);
    expect(await rejection(broken)).toMatchObject({ code: 'connection-failed' });
  });

  test('nobody wants any more end the connection', async () => {
    const { promise: left, resolve } = Promise.withResolvers<void>();
    const { client } = await setup((_seen, response) => {
      response.writeHead(200, { 'content-type': 'text/x-patch' });
      response.write('some');
      response.on('close', () => resolve());
      return undefined;
    });
    for await (const _piece of await client.workspaces.patch('S')) break;
    await left;
  });

  test('given up by the signal are aborted', async () => {
    const { client } = await setup((_seen, response) => {
      response.writeHead(200, { 'content-type': 'text/x-patch' });
      response.write('some');
      return undefined;
    });
    const giveUp = new AbortController();
    const bytes = await client.workspaces.patch('S', {}, { signal: giveUp.signal });
    const reading = (async () => {
      for await (const _piece of bytes) giveUp.abort();
    })();
    expect(await rejection(reading)).toMatchObject({ code: 'aborted' });
  });
});
