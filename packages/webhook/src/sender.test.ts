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
  address = '::',
) => {
  let connections = 0;
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    answer(request, response, body);
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
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
    '127.0.0.1.',
    '127.0.1',
    '0',
    '0x7f000001',
    '0x7f.0.0x0.0x1',
    '017700000001',
    '%31%32%37.0.0.1',
    '\u2460\u2461\u2466.0.0.1',
    '127\u30020\u30020\u30021',
    '169.254.169.254',
    '2852039166',
    '0xa9fea9fe',
    '[::ffff:a9fe:a9fe]',
    '[0:0:0:0:0:ffff:127.0.0.1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '[fd00::1]',
    '[fd00:ec2::254]',
    '[fe80::1]',
    '10.0.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '100.100.100.200',
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
    `ftp://127.0.0.1:${canary.port}/`,
    `ws://127.0.0.1:${canary.port}/`,
    'file:///etc/passwd',
    'data:text/plain,x',
    at('x:y@127.0.0.1'),
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

test('a url that is none of http, or has a user, is refused for that, also where its address may be called', async () => {
  const canary = await receive((_, response) => response.end());
  const sender = open(loopback);
  const place = `127.0.0.1:${canary.port}/`;
  for (const url of [
    `gopher://${place}`,
    `ftp://${place}`,
    `ws://${place}`,
    'file:///etc/passwd',
    `http://user@${place}`,
    `http://:password@${place}`,
    `http://hooks.example.test@${place}`,
  ]) {
    expect(sender.refusal(url), url).toBe('is no http(s) url without a user');
    expect(await sender.send(to(url), never), url).toMatchObject({ kind: 'failed' });
  }
  expect(canary.connections()).toBe(0);
});

test('of several addresses of a name the private ones are not tried, however the others answer', async () => {
  const canary = await receive((_, response) => response.end(), '127.0.0.1');
  for (const addresses of [
    ['127.0.0.3', '127.0.0.1'],
    ['127.0.0.1', '127.0.0.3'],
    ['127.0.0.3', '::ffff:127.0.0.1', '::1'],
  ]) {
    asked = 0;
    const sender = open({ networks: ['127.0.0.3'], lookup: names([addresses]) });
    expect(await sender.send(to(`http://hooks.example.test:${canary.port}/`), never)).toMatchObject({
      kind: 'failed',
      reason: expect.not.stringContaining('no public address'),
    });
  }
  expect(canary.connections()).toBe(0);
});

test('an address that was permitted when its webhook was made is looked at anew at every message', async () => {
  const canary = await receive((_, response) => response.end());
  const url = `http://127.0.0.1:${canary.port}/`;
  expect(open(loopback).refusal(url)).toBeUndefined();
  const answer = await open().send(to(url), never);
  expect(answer).toMatchObject({ kind: 'failed', reason: expect.stringContaining('--webhook-network') });
  expect(canary.connections()).toBe(0);
});

test('redirects are told, not followed, wherever they lead', async () => {
  const canary = await receive((_, response) => response.end());
  const { port } = await receive((request, response) => {
    const status = Number(request.url?.slice(1));
    response.writeHead(status, { location: `http://127.0.0.1:${canary.port}/`, refresh: '0' }).end();
  });
  for (const status of [301, 302, 303, 307, 308]) {
    expect(await open(loopback).send(to(`http://127.0.0.1:${port}/${status}`), never)).toMatchObject({
      status,
    });
  }
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
