import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createWebhookSender, type WebhookSenderOptions } from './sender.ts';
import { verify } from './sign.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const open = (options: WebhookSenderOptions = {}) => {
  const sender = createWebhookSender(options);
  closing.push(() => sender.close());
  return sender;
};

/** A receiver on every address of this machine, which counts who connects. */
const receive = async (
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
) => {
  let connections = 0;
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    answer(request, response, body);
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '::', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, connections: () => connections };
};

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const never = new AbortController().signal;
const to = (url: string) => ({
  url,
  id: 'msg_1',
  timestamp: Math.floor(Date.now() / 1000),
  body: '{"a":"é"}',
  secrets: [secret],
});
const loopback = { networks: ['127.0.0.0/8', '::1'] };

/** A resolver that knows names as a test wants them. */
const names =
  (addresses: readonly (readonly string[])[]): LookupFunction =>
  (_name, _options, done) => {
    const found = addresses[Math.min(asked++, addresses.length - 1)] ?? [];
    done(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
let asked = 0;

test('a message arrives signed', async () => {
  const seen: { headers: IncomingMessage['headers']; body: string; method: string | undefined }[] = [];
  const { port } = await receive((request, response, body) => {
    seen.push({ headers: request.headers, body, method: request.method });
    response.writeHead(204).end();
  });
  const answer = await open(loopback).send(to(`http://127.0.0.1:${port}/hook?x=1`), never);
  expect(answer).toEqual({ kind: 'answered', status: 204, retryAfterMs: undefined });
  expect(seen).toMatchObject([
    {
      method: 'POST',
      body: '{"a":"é"}',
      headers: { 'content-type': 'application/json; charset=utf-8', 'webhook-id': 'msg_1' },
    },
  ]);
  expect(verify(seen[0]?.headers ?? {}, seen[0]?.body ?? '', [secret])).toBeUndefined();
});

test('the name stays in Host, the connection goes to the address that was looked at', async () => {
  let host: string | undefined;
  const { port } = await receive((request, response) => {
    host = request.headers.host;
    response.end();
  });
  const sender = open({ ...loopback, lookup: names([['127.0.0.1']]) });
  expect(await sender.send(to(`http://hooks.example.test:${port}/`), never)).toMatchObject({ status: 200 });
  expect(host).toBe(`hooks.example.test:${port}`);
});

test('nobody is called at an address that is not public, however it is written', async () => {
  const canary = await receive((_, response) => response.end());
  const at = (host: string) => `http://${host}:${canary.port}/`;
  const hosts = [
    '127.0.0.1',
    'localhost',
    'a.localhost',
    'localhost.',
    '127.1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '0.0.0.0',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '169.254.169.254',
    '[fd00::1]',
  ];
  const sender = open();
  for (const host of hosts) {
    expect(sender.refusal(at(host)), host).toContain('--webhook-network');
    expect(await sender.send(to(at(host)), never), host).toMatchObject({ kind: 'failed' });
  }
  for (const addresses of [
    ['127.0.0.1'],
    ['::1'],
    ['::ffff:127.0.0.1'],
    ['0.0.0.0'],
    ['127.0.0.1', '10.0.0.1'],
    [],
  ]) {
    asked = 0;
    const named = open({ lookup: names([addresses]) });
    expect(named.refusal(at('hooks.example.test'))).toBeUndefined();
    expect(await named.send(to(at('hooks.example.test')), never)).toEqual({
      kind: 'failed',
      reason: expect.stringContaining('no public address'),
    });
  }
  for (const url of [
    `gopher://127.0.0.1:${canary.port}/`,
    'file:///etc/passwd',
    at('user:pass@127.0.0.1'),
    'http://[',
  ]) {
    expect(await sender.send(to(url), never), url).toMatchObject({ kind: 'failed' });
  }
  expect(canary.connections()).toBe(0);
});

test('a name that becomes another address meanwhile is connected to nowhere else', async () => {
  const reached: (string | undefined)[] = [];
  const { port } = await receive((request, response) => {
    reached.push(request.socket.localAddress);
    response.writeHead(200, { connection: 'close' }).end();
  });
  asked = 0;
  // What may be called when it is looked at first, and may not at every further look.
  const sender = open({ networks: ['127.0.0.2'], lookup: names([['127.0.0.2'], ['127.0.0.1']]) });
  const kinds = [];
  for (let turn = 0; turn < 3; turn++) {
    kinds.push((await sender.send(to(`http://hooks.example.test:${port}/`), never)).kind);
  }
  expect(kinds).toEqual(['answered', 'failed', 'failed']);
  expect(reached).toEqual(['::ffff:127.0.0.2']);
});

test('redirects are told, not followed', async () => {
  const canary = await receive((_, response) => response.end());
  const { port } = await receive((_, response) => {
    response.writeHead(307, { location: `http://127.0.0.1:${canary.port}/` }).end();
  });
  expect(await open(loopback).send(to(`http://127.0.0.1:${port}/`), never)).toMatchObject({ status: 307 });
  expect(canary.connections()).toBe(0);
});

test('a receiver that does not answer is given up in time', async () => {
  const { port } = await receive(() => {});
  const began = performance.now();
  const answer = await open({ ...loopback, answerMs: 200 }).send(to(`http://127.0.0.1:${port}/`), never);
  expect(answer).toEqual({ kind: 'failed', reason: 'There was no answer in time.' });
  expect(performance.now() - began).toBeLessThan(3_000);
});

test('a body that drips or does not end holds nobody up: the status was said', async () => {
  const { port } = await receive((request, response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write(request.url === '/flood' ? 'x'.repeat(65_536) : '.'), 10);
    response.on('close', () => clearInterval(drip));
  });
  const sender = open({ ...loopback, bodyMs: 100 });
  for (const path of ['/drip', '/flood']) {
    const began = performance.now();
    expect(await sender.send(to(`http://127.0.0.1:${port}${path}`), never)).toMatchObject({ status: 200 });
    expect(performance.now() - began).toBeLessThan(3_000);
  }
});

describe('Retry-After', () => {
  const given = async (header: string) => {
    const { port } = await receive((_, response) => {
      response.writeHead(503, { 'retry-after': header }).end();
    });
    const answer = await open(loopback).send(to(`http://127.0.0.1:${port}/`), never);
    expect(answer).toMatchObject({ kind: 'answered', status: 503 });
    return answer.kind === 'answered' ? answer.retryAfterMs : undefined;
  };

  test('in seconds is told, and nonsense is not', async () => {
    expect(await given('120')).toBe(120_000);
    expect(await given('nonsense')).toBeUndefined();
  });

  test('as a date is told as what is left until then', async () => {
    const began = Date.now();
    // A date has whole seconds.
    const until = Math.ceil(began / 1_000) * 1_000 + 60_000;
    const left = await given(new Date(until).toUTCString());
    expect(left).toBeLessThanOrEqual(until - began);
    expect(left).toBeGreaterThanOrEqual(until - Date.now());
  });
});

test('what fails is told without the url, and a caller that leaves is let go', async () => {
  const { port } = await receive((request) => request.socket.destroy());
  const sender = open(loopback);
  const answer = await sender.send(to(`http://127.0.0.1:${port}/token-in-the-path`), never);
  expect(answer).toEqual({ kind: 'failed', reason: 'The connection was closed before there was an answer.' });
  await expect(sender.send(to(`http://127.0.0.1:${port}/`), AbortSignal.abort())).rejects.toThrow();
});
