import { holds, same } from '../expect.ts';
import { isProblem } from './answer.ts';
import { check } from './bench.ts';

type Compose = (parts: { readonly host: string; readonly auth: string; readonly smuggled: string }) => string;

/** Requests two readers could read differently. What follows them must not be taken for a request. */
const ambiguous: Readonly<Record<string, Compose>> = {
  'two Host headers': ({ host }) => `GET /healthz HTTP/1.1\r\n${host}Host: evil.example\r\n\r\n`,
  'no Host header': () => 'GET /healthz HTTP/1.1\r\n\r\n',
  'an absolute target': ({ host }) => `GET http://evil.example/healthz HTTP/1.1\r\n${host}\r\n`,
  'an asterisk target': ({ host }) => `OPTIONS * HTTP/1.1\r\n${host}\r\n`,
  'a length and an encoding': ({ host, auth, smuggled }) =>
    `POST /api/v1/drafts HTTP/1.1\r\n${host}${auth}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
  'an encoding and a length': ({ host, auth, smuggled }) =>
    `POST /api/v1/drafts HTTP/1.1\r\n${host}${auth}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${smuggled}`,
  'two lengths': ({ host, auth, smuggled }) =>
    `POST /api/v1/drafts HTTP/1.1\r\n${host}${auth}Content-Length: 2\r\nContent-Length: 4\r\n\r\n{}${smuggled}`,
  'a length with a sign': ({ host, auth, smuggled }) =>
    `POST /api/v1/drafts HTTP/1.1\r\n${host}${auth}Content-Length: +2\r\n\r\n{}${smuggled}`,
  'an unknown encoding': ({ host, auth, smuggled }) =>
    `POST /api/v1/drafts HTTP/1.1\r\n${host}${auth}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`,
  'chunked twice': ({ host, auth, smuggled }) =>
    `POST /api/v1/drafts HTTP/1.1\r\n${host}${auth}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
  'a space before the colon': ({ host, auth, smuggled }) =>
    `POST /api/v1/drafts HTTP/1.1\r\n${host}${auth}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${smuggled}`,
  'a folded header': ({ host, smuggled }) =>
    `GET /healthz HTTP/1.1\r\n${host}X-A: b\r\n c\r\n\r\n${smuggled}`,
  'bare line feeds': ({ smuggled }) => `GET /healthz HTTP/1.1\nHost: localhost\n\n${smuggled}`,
  'another protocol': () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n',
  'a dot segment': ({ host }) => `GET /api/../healthz HTTP/1.1\r\n${host}Connection: close\r\n\r\n`,
  'an encoded dot segment': ({ host }) =>
    `GET /api/%2e%2e/healthz HTTP/1.1\r\n${host}Connection: close\r\n\r\n`,
  'bytes that are no text': ({ host }) => `GET /api/%ff HTTP/1.1\r\n${host}Connection: close\r\n\r\n`,
};

export const framing = [
  ...Object.entries(ambiguous).map(([name, compose]) =>
    check(
      `refused: ${name}`,
      'one problem, a closed connection, and nothing behind it is read',
      async (bench) => {
        const host = `Host: ${bench.host}\r\n`;
        const auth = `Authorization: ApiKey ${bench.apiKey}\r\n`;
        const smuggled = `GET /api/v1/sessions HTTP/1.1\r\n${host}${auth}\r\n`;
        const answers = await bench.raw(compose({ host, auth, smuggled }));
        same(
          answers.map(({ status }) => status),
          [400],
          'the statuses of the answers',
        );
        const [answer] = answers;
        if (answer !== undefined) isProblem(answer, 'malformed-request', name);
      },
    ),
  ),

  check('headers have a limit', '431 with a problem', async (bench) => {
    const answer = await bench.get('/healthz', { 'x-long': 'a'.repeat(20_000) });
    isProblem(answer, 'headers-too-large', 'headers of 20,000 bytes');
  }),

  check('nobody tunnels through the server', 'CONNECT to anything is refused', async (bench) => {
    const answers = await bench.raw(
      'CONNECT 169.254.169.254:80 HTTP/1.1\r\nHost: 169.254.169.254:80\r\n\r\n',
    );
    const [answer] = answers;
    holds(answer !== undefined && answer.status >= 400, `CONNECT got ${answer?.status}`);
  }),
];
