import { expect, test } from 'vitest';
import { createReplyReader } from './reply-reader.ts';

const plain = 'HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}';
const empty = 'HTTP/1.1 204 No Content\r\n\r\n';
const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n';

const read = (text: string, size: number): [number, string][] => {
  const replies: [number, string][] = [];
  const reader = createReplyReader((status, body) => replies.push([status, body()]));
  for (let from = 0; from < text.length; from += size)
    reader.take(Buffer.from(text.slice(from, from + size)));
  return replies;
};

test.each([1, 2, 7, 1000])('finds every reply in pieces of %i', (size) => {
  const replies = read(plain + chunked + empty + plain, size);
  expect(replies.map(([status]) => status)).toEqual([201, 200, 204, 201]);
  expect(replies[0]?.[1]).toBe('{}');
});
