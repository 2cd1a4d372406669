import { afterEach, describe, expect, test, vi } from 'vitest';
import { type ConnectOptions, connect, type HarborClient } from '../node.ts';
import { createEagerClock } from '../testing/eager-clock.ts';
import { createEventServer, sessionLog } from '../testing/event-server.ts';
import { rejection } from '../testing/outcomes.ts';
import { type Handler, openStream, startStub } from '../testing/stub-server.ts';
import { makeIdentity, startTlsProxy, type TlsProxy } from '../testing/tls-proxy.ts';

const server = makeIdentity('agent-harbor.test');
const client = makeIdentity('somebody');
const hasOpenssl = server !== undefined && client !== undefined;
if (!hasOpenssl) console.warn('openssl is missing, so nothing of TLS was tested here: install it.');

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const one of opened.splice(0)) await one.close();
});

const health: Handler = () => ({ body: '{"status":"ok"}' });

/** A stub behind a proxy that speaks TLS. */
const behindTls = async (handler: Handler, knownClient?: typeof client): Promise<TlsProxy> => {
  if (server === undefined) throw new Error('openssl is missing');
  const stub = await startStub(handler);
  const proxy = await startTlsProxy(stub.port, server, knownClient);
  opened.push(proxy, stub);
  return proxy;
};

const open = (proxy: TlsProxy, options: ConnectOptions): HarborClient => {
  const parts = { base: proxy.base, apiKey: 'key', clock: createEagerClock(), attempts: 1 };
  const one = connect({ ...parts, ...options });
  opened.unshift(one);
  return one;
};

describe.skipIf(!hasOpenssl)('over TLS', () => {
  test('a server is believed by the authority that was given, and by no other', async () => {
    const proxy = await behindTls(health);
    const ca = server?.cert;

    await open(proxy, { tls: { ca } }).service.health();
    const problem = await rejection(open(proxy, {}).service.health());
    const other = await rejection(open(proxy, { tls: { ca: client?.cert } }).service.health());

    expect(problem).toMatchObject({
      code: 'connection-failed',
      detail: expect.stringContaining('self-signed'),
    });
    expect(other.code).toBe('connection-failed');
  });

  test('a certificate for another name is refused, unless that name is meant', async () => {
    const proxy = await behindTls(health);
    const tls = { ca: server?.cert, serverName: 'elsewhere.test' };

    expect(await rejection(open(proxy, { tls }).service.health())).toMatchObject({
      code: 'connection-failed',
    });
    await open(proxy, { tls: { ...tls, serverName: 'agent-harbor.test' } }).service.health();
  });

  test('a client proves who it is', async () => {
    const proxy = await behindTls(health, client);
    const ca = server?.cert;

    await open(proxy, { tls: { ca, ...client } }).service.health();
    const problem = await rejection(open(proxy, { tls: { ca } }).service.health());

    expect(problem.code).toBe('connection-failed');
  });

  test('who trusts any server is warned, once for a client', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const proxy = await behindTls(health);
    const trusting = open(proxy, { tls: { trustAnyServer: true } });

    await trusting.service.health();
    await trusting.service.health();

    expect(warned).toHaveBeenCalledOnce();
    expect(warned.mock.calls[0]?.[1]).toMatchObject({ code: 'AH_TLS_UNCHECKED' });
  });

  test('a client with a log warns there', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const proxy = await behindTls(health);
    const log = vi.fn();
    open(proxy, { tls: { trustAnyServer: true }, log });
    expect(log.mock.calls).toEqual([[{ kind: 'warning', message: expect.stringContaining('not checked') }]]);
    expect(warned).not.toHaveBeenCalled();
  });

  test.each([
    // The second call may come before the first connection is known to be free.
    ['1.1', false, 2],
    // All of them at once over the one there is.
    ['2.0', true, 1],
  ])('HTTP/%s: calls share connections', async (version, http2, most) => {
    const proxy = await behindTls(health);
    const one = open(proxy, { tls: { ca: server?.cert }, http2 });

    for (let call = 0; call < 5; call += 1) await one.service.health();
    if (http2) await Promise.all(Array.from({ length: 10 }, () => one.service.health()));

    expect(proxy.connections).toBeLessThanOrEqual(most);
    expect(new Set(proxy.versions)).toEqual(new Set([version]));
  });

  test('over HTTP/2 a stream goes on where it was cut, beside calls, and ends', async () => {
    const log = sessionLog(60);
    // A part that ends in the middle of a frame, and then nothing more: the reader waits.
    const events = createEventServer(log, (text, response) => {
      const bytes = Buffer.from(text);
      if (bytes.length <= 1_777) response.end(bytes);
      else response.write(bytes.subarray(0, 1_777));
    });
    const proxy = await behindTls(events.handler);
    const one = open(proxy, { tls: { ca: server?.cert }, http2: true });

    const seen: unknown[] = [];
    let cuts = 0;
    for await (const { event } of one.tasks.subscribe('S1')) {
      seen.push(event);
      if (seen.length % 5 !== 0 || seen.length === log.length) continue;
      cuts += 1;
      proxy.cut();
    }

    expect(seen).toEqual(log.map((json) => JSON.parse(json)));
    expect(cuts).toBe(11);
    expect(new Set(proxy.versions)).toEqual(new Set(['2.0']));
  });

  test('over HTTP/2 leaving a stream ends it on the server, and the connection stays', async () => {
    const gone = Promise.withResolvers<void>();
    const proxy = await behindTls((seen, response, socket) => {
      if (!seen.url.endsWith('/events')) return health(seen, response, socket);
      response.on('close', () => gone.resolve());
      openStream(response).write(`id: e1-1\ndata: ${sessionLog(2)[0]}\n\n`);
      return undefined;
    });
    const one = open(proxy, { tls: { ca: server?.cert }, http2: true });

    for await (const _item of one.tasks.subscribe('S1')) break;
    await gone.promise;
    await one.service.health();

    expect(proxy.connections).toBe(1);
  });
});

test.each([
  ['tls.key', { cert: 'x' }],
  ['tls.cert', { key: 'x' }],
  ['tls.trustAnyServer', { ca: 'x', trustAnyServer: true }],
])('%s is refused at once where it makes no sense', (field, tls) => {
  expect(() => connect({ base: 'https://127.0.0.1:1', tls })).toThrow(
    expect.objectContaining({ code: 'invalid-request', errors: { [field]: expect.anything() } }),
  );
});
