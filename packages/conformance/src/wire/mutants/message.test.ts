import { expect, test } from 'vitest';
import { mapAnswers, readRequest, withHeader, writeRequest } from './message.ts';
import { mutate, takes } from './mutant.ts';

const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n';
const plain = 'HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno';
const bodies = (received: string): string[] => {
  const found: string[] = [];
  mapAnswers(received, (answer) => {
    found.push(`${answer.status} ${answer.body}`);
    return answer;
  });
  return found;
};

test('answers are read one after the other, and as far as they came', () => {
  expect(bodies(`${chunked}0\r\n\r\n${plain}`)).toEqual(['200 abcde', '404 no']);
  expect(bodies(chunked)).toEqual(['200 abcde']);
  expect(bodies('HTTP/1.1 200 OK\r\nConte')).toEqual([]);
  expect(mapAnswers('SSH-2.0', () => ({ status: 1, headers: [], body: '' }))).toBe('SSH-2.0');
});

test('a changed body is told with its length, one that is still coming stays open', () => {
  expect(mapAnswers(plain, (answer) => ({ ...answer, body: 'nobody' }))).toContain(
    'content-length: 6\r\n\r\nnobody',
  );
  const open = mapAnswers(chunked, (answer) => ({ ...answer, body: 'xyz' }));
  expect(open.endsWith('3\r\nxyz\r\n')).toBe(true);
  expect(mapAnswers(`${chunked}0\r\n\r\n`, (answer) => answer).endsWith('0\r\n\r\n')).toBe(true);
});

test('a request is written as it was read, its length corrected', () => {
  const bytes = 'POST /a?b HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}';
  const request = readRequest(bytes);
  if (request === undefined) throw new Error('it was not read');
  expect(writeRequest(request)).toBe(bytes);
  expect(writeRequest({ ...request, body: '[1]' })).toContain('content-length: 3\r\n\r\n[1]');
  expect(withHeader(request, 'host', undefined).headers).toEqual([['content-length', '2']]);
  for (const odd of ['GET / HTTP/1.1\r\nA : b\r\n\r\n', 'GET / HTTP/1.1\n\n', '\u0016\u0003']) {
    expect(readRequest(odd)).toBeUndefined();
  }
});

test('bytes that are no request pass a server that would change requests', async () => {
  const seen: string[] = [];
  const exchange = mutate(
    async (bytes) => {
      seen.push(bytes);
      return plain;
    },
    takes('shouts', (request) => ({ ...request, method: 'PUT' })),
  );
  await exchange('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  await exchange('nonsense');
  expect(seen).toEqual(['PUT / HTTP/1.1\r\nhost: a\r\n\r\n', 'nonsense']);
});
