import { describe, expect, it } from 'vitest';
import { preferred, readAccept } from './accept.ts';

const choose = (header: string | undefined) =>
  preferred(readAccept(header), ['text/event-stream', 'application/json']);

describe('content negotiation', () => {
  it.each([
    [undefined, 'text/event-stream'],
    ['', 'text/event-stream'],
    ['*/*', 'text/event-stream'],
    ['text/event-stream', 'text/event-stream'],
    ['text/*', 'text/event-stream'],
    ['application/json', 'application/json'],
    ['application/json, text/plain, */*', 'application/json'],
    ['text/event-stream, application/json', 'text/event-stream'],
    ['application/json, text/event-stream', 'text/event-stream'],
    ['application/json;q=0.9, text/event-stream;q=0.5', 'application/json'],
    ['text/event-stream;q=0, */*', 'application/json'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'text/event-stream'],
    ['APPLICATION/JSON; charset=utf-8', 'application/json'],
    ['text/html', undefined],
    ['application/json;q=0, text/event-stream;q=0.0', undefined],
    ['application/json;q=nonsense', undefined],
    [';;;,', undefined],
  ])('of %j gives %j', (header, type) => {
    expect(choose(header)).toBe(type);
  });
});
