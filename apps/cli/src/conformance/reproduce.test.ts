import { expect, test } from 'vitest';
import { reproduce } from './reproduce.ts';

const server = { base: 'http://127.0.0.1:3001', apiKey: 'the-secret-key' };
const head = 'host: 127.0.0.1:3001\r\nauthorization: ApiKey the-secret-key\r\nconnection: close\r\n';
const commandFor = (sent: string, base = server.base) =>
  reproduce({ sent, received: '' }, { ...server, base }).command;
const auth = '-H "authorization: ApiKey $AH_API_KEY"';

test.each([
  [
    `GET /api/v1/sessions?q=a%20b HTTP/1.1\r\n${head}\r\n`,
    `curl -isS ${auth} -H 'accept:' 'http://127.0.0.1:3001/api/v1/sessions?q=a%20b'`,
  ],
  [
    `GET /e HTTP/1.1\r\n${head}accept: text/event-stream\r\n\r\n`,
    `curl -isS -N ${auth} -H 'accept: text/event-stream' http://127.0.0.1:3001/e`,
  ],
  [
    `POST /t HTTP/1.1\r\n${head}content-type: application/json\r\ncontent-length: 15\r\n\r\n{"a":"it's \xc3\xa9"}`,
    `curl -isS -X POST ${auth} -H 'content-type: application/json' -H 'accept:' --data-binary '{"a":"it'\\''s é"}' http://127.0.0.1:3001/t`,
  ],
  [
    `HEAD /../x HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\naccept: \r\n\r\n`,
    `curl -isS --path-as-is -I -H 'host: evil.example' -H 'accept;' http://127.0.0.1:3001/../x`,
  ],
])('%j becomes a curl command', (sent, command) => {
  expect(commandFor(sent)).toBe(command);
});

test('a long body is described', () => {
  const sent = `POST /t HTTP/1.1\r\n${head}content-type: application/json\r\ncontent-length: 9000\r\n\r\n${'x'.repeat(9000)}`;
  expect(commandFor(sent)).toContain('9000 characters');
  expect(commandFor(sent).length).toBeLessThan(400);
});

test('what curl would not send goes over a bare connection', () => {
  expect(commandFor('GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n')).toBe(
    'printf "GET /healthz HTTP/1.1\\r\\nHost: a\\r\\nHost: b\\r\\n\\r\\n" | nc 127.0.0.1 3001',
  );
  expect(commandFor('\x16\x03%"$(id)`', 'https://harbor.example')).toBe(
    'printf "\\026\\003%%\\042\\044(id)\\140" | openssl s_client -quiet -connect harbor.example:443',
  );
  expect(commandFor(`POST / HTTP/1.1\r\n${head}Content-Length: +2\r\n\r\n{}`)).toContain(
    'ApiKey $AH_API_KEY\\r\\n',
  );
  expect(commandFor(`GET / HTTP/1.1\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`).length).toBeLessThan(500);
});

test('the answer is told, without the key', () => {
  const answerOf = (received: string) => reproduce({ sent: '', received }, server).answer;
  const chunked = 'HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n';
  expect(answerOf(`${chunked}15\r\nno the-secret-key \xc3\xa9!\r\n0\r\n\r\n`)).toBe(
    '404 text/plain no *** é!',
  );
  const empty = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
  expect(answerOf(empty + empty)).toBe('200 and 200');
  expect(answerOf('SSH-2.0-x')).toBe('SSH-2.0-x');
  expect(answerOf('')).toBe('nothing');
});
