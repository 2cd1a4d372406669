import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createExchange, heedingLimits } from './node.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const serve = async (answer: (socket: Socket, first: Buffer) => void): Promise<string> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', (first) => answer(socket, first));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

test('an exchange gives what came until the server closed, byte by byte', async () => {
  const base = await serve((socket) => socket.end(Buffer.from([0xff, 0x41, 0xc3, 0xa9])));
  expect(await createExchange(base)('x')).toBe('\xff\x41\xc3\xa9');
});

test('it ends when there is enough', async () => {
  const base = await serve((socket) => socket.write('one two three'));
  expect(await createExchange(base)('x', (received) => received.includes('two'))).toBe('one two three');
});

test('an answer to the head of a long request counts, and one who waits gets the rest', async () => {
  const long = 'x'.repeat(20_000_000);
  const refusing = await serve((socket) => socket.end('no more'));
  expect(await createExchange(refusing)(long)).toBe('no more');
  const reading = await serve((socket, first) => {
    let bytes = first.length;
    socket.on('data', (chunk) => {
      bytes += chunk.length;
      if (bytes === long.length) socket.end('all of it');
    });
  });
  expect(await createExchange(reading)(long)).toBe('all of it');
});

test('a server that says nothing, or no end of it, is given up', async () => {
  const silent = await serve((socket) => socket.write('one'));
  await expect(createExchange(silent, { silenceMs: 50 })('x')).rejects.toThrow(
    'nothing came for 0.05 s; before: one',
  );
  const endless = await serve((socket) => {
    const drip = setInterval(() => socket.write('.'), 5);
    socket.once('close', () => clearInterval(drip));
  });
  await expect(createExchange(endless, { wholeMs: 100 })('x')).rejects.toThrow('no end after 0.1 s');
});

test('nobody there is an error', async () => {
  await expect(createExchange('http://127.0.0.1:9')('x')).rejects.toThrow('ECONNREFUSED');
});

test('a limit is waited for, but not for ever', async () => {
  const answers = ['HTTP/1.1 429 Slow\r\nA: b\r\nRetry-After: 0\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n'];
  const asked: string[] = [];
  const exchange = heedingLimits(async (bytes) => {
    asked.push(bytes);
    return answers.shift() ?? 'HTTP/1.1 429 Slow\r\nRetry-After: 0\r\n\r\n';
  });
  expect(await exchange('x')).toContain('200');
  expect(await exchange('y')).toContain('429');
  expect(asked.join('')).toBe('xxyyyy');
  const tooLong = heedingLimits(async () => 'HTTP/1.1 429 Slow\r\nRetry-After: 86400\r\n\r\n');
  expect(await tooLong('z')).toContain('86400');
});
