import { once } from 'node:events';
import { connect } from 'node:net';
import { ProblemDocument } from '@agent-harbor/api-contract/schemas';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { raw } from '../testing/raw.ts';
import { keyOf, type Served, serve } from '../testing/serve.ts';

describe('requests that two readers could read differently', () => {
  let server: Served;
  beforeAll(async () => {
    server = await serve();
  });
  afterAll(() => server.close());

  const host = 'Host: localhost\r\n';
  const auth = `Authorization: ApiKey ${keyOf('operator')}\r\n`;
  const smuggled = `GET /api/v1/drafts HTTP/1.1\r\n${host}${auth}\r\n`;

  const refused: [string, string, number, string][] = [
    [
      'two Host headers',
      `GET /healthz HTTP/1.1\r\n${host}Host: evil.example\r\n\r\n`,
      400,
      'malformed-request',
    ],
    ['no Host header', 'GET /healthz HTTP/1.1\r\n\r\n', 400, 'malformed-request'],
    ['no Host header, HTTP/1.0', 'GET /healthz HTTP/1.0\r\n\r\n', 400, 'malformed-request'],
    ['an absolute target', `GET http://localhost/healthz HTTP/1.1\r\n${host}\r\n`, 400, 'malformed-request'],
    ['an asterisk', `OPTIONS * HTTP/1.1\r\n${host}\r\n`, 400, 'malformed-request'],
    ['a dot segment', `GET /api/../healthz HTTP/1.1\r\n${host}\r\n`, 400, 'malformed-request'],
    ['an encoded dot segment', `GET /api/%2e%2E/healthz HTTP/1.1\r\n${host}\r\n`, 400, 'malformed-request'],
    ['bytes that are not UTF-8', `GET /%ff HTTP/1.1\r\n${host}\r\n`, 400, 'malformed-request'],
    [
      'a Content-Length and a Transfer-Encoding',
      `POST /api/v1/drafts HTTP/1.1\r\n${host}${auth}Content-Type: application/json\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
      400,
      'malformed-request',
    ],
    [
      'a Transfer-Encoding before the Content-Length',
      `POST /api/v1/drafts HTTP/1.1\r\n${host}${auth}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${smuggled}`,
      400,
      'malformed-request',
    ],
    [
      'two lengths',
      `POST /api/v1/drafts HTTP/1.1\r\n${host}${auth}Content-Length: 2\r\nContent-Length: 4\r\n\r\n{}${smuggled}`,
      400,
      'malformed-request',
    ],
    [
      'an unknown Transfer-Encoding',
      `POST /api/v1/drafts HTTP/1.1\r\n${host}${auth}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`,
      400,
      'malformed-request',
    ],
    [
      'two Transfer-Encodings',
      `POST /api/v1/drafts HTTP/1.1\r\n${host}${auth}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${smuggled}`,
      400,
      'malformed-request',
    ],
    [
      'a space before the colon',
      `POST /api/v1/drafts HTTP/1.1\r\n${host}${auth}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${smuggled}`,
      400,
      'malformed-request',
    ],
    [
      'a bare line feed',
      `GET /healthz HTTP/1.1\n${host.replace('\r', '')}\n${smuggled}`,
      400,
      'malformed-request',
    ],
    [
      'a folded header',
      `GET /healthz HTTP/1.1\r\n${host}X-A: b\r\n c\r\n\r\n${smuggled}`,
      400,
      'malformed-request',
    ],
    ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', 400, 'malformed-request'],
    ['HTTP/2 by hand', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'malformed-request'],
    [
      'headers beyond 16 KiB',
      `GET /healthz HTTP/1.1\r\n${host}X-A: ${'a'.repeat(17_000)}\r\n\r\n`,
      431,
      'headers-too-large',
    ],
    [
      'a tunnel',
      `CONNECT 169.254.169.254:80 HTTP/1.1\r\nHost: 169.254.169.254:80\r\n\r\n`,
      405,
      'method-not-allowed',
    ],
  ];

  it.each(refused)(
    '%s: refused with a problem, and nothing behind it is read',
    async (_name, request, status, code) => {
      const answers = await raw(server.port, request);
      expect(answers).toHaveLength(1);
      const [answer] = answers;
      expect(answer?.status).toBe(status);
      expect(answer?.headers['content-type']).toBe('application/problem+json');
      const document = ProblemDocument.parse(JSON.parse(answer?.body ?? ''));
      expect(document).toMatchObject({ code, status, type: `/problems/${code}` });
      expect(answer?.headers['x-request-id']).toBe(document.requestId);
      expect(answer?.headers.ratelimit).toMatch(/^"default";r=\d+;t=\d+$/);
    },
  );

  it('a pipeline of good requests is answered in order', async () => {
    const answers = await raw(server.port, `GET /healthz HTTP/1.1\r\n${host}\r\n${smuggled}`);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('a caller who asks before sending hears "no" first', async () => {
    const head = `POST /api/v1/drafts HTTP/1.1\r\n${host}${auth}Content-Type: application/json\r\nExpect: 100-continue\r\n`;
    const [tooLarge] = await raw(server.port, `${head}Content-Length: 99999999\r\n\r\n`);
    expect(tooLarge?.status).toBe(413);
    const answers = await raw(server.port, [`${head}Content-Length: 2\r\n\r\n`, '{}']);
    expect(answers.map(({ status }) => status)).toEqual([100, 201]);
  });

  it('a caller who leaves in the middle of a body is no failure of ours', async () => {
    server.logged.length = 0;
    const socket = connect(server.port, '127.0.0.1');
    socket.write(
      `POST /api/v1/drafts HTTP/1.1\r\n${host}${auth}Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
    );
    await once(socket, 'connect');
    socket.end();
    await expect.poll(() => server.logged.map(([, , { status }]) => status)).toContain(499);
    expect(server.logged.filter(([level]) => level !== 'info')).toEqual([]);
    socket.destroy();
  });

  it('an expectation nobody knows is not in the way', async () => {
    const [answer] = await raw(server.port, `GET /healthz HTTP/1.1\r\n${host}Expect: a-miracle\r\n\r\n`);
    expect(answer?.status).toBe(200);
  });

  it('who asks for the end of the connection and still sends hears why it is refused', async () => {
    const head = `POST /api/v1/drafts HTTP/1.1\r\n${host}${auth}Content-Type: application/json\r\nConnection: close\r\n`;
    const socket = connect(server.port, '127.0.0.1');
    const failures: unknown[] = [];
    let answer = '';
    socket.on('error', (error) => failures.push(error));
    socket.setEncoding('latin1');
    // Nothing is read before everything is sent: what came meanwhile lies with the system.
    const sent = once(socket, 'drain');
    socket.write(`${head}Content-Length: 17825792\r\n\r\n`);
    socket.write('x'.repeat(17_825_792));
    await sent;
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    await once(socket, 'close');
    expect(failures).toEqual([]);
    expect(answer).toMatch(/^HTTP\/1\.1 413 [\s\S]*payload-too-large/);
  });

  it('a body that is too large leaves the connection usable', async () => {
    const head = `POST /api/v1/drafts HTTP/1.1\r\n${host}${auth}Content-Type: application/json\r\n`;
    const declared = `${head}Content-Length: 17825792\r\n\r\n${'x'.repeat(17_825_792)}`;
    const chunk = `100000\r\n${' '.repeat(0x100000)}\r\n`;
    const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(18)}0\r\n\r\n`;
    for (const request of [declared, chunked]) {
      const answers = await raw(server.port, [request, smuggled], 1_000);
      expect(answers.map(({ status }) => status)).toEqual([413, 200]);
    }
  });
});
