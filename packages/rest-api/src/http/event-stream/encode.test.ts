import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, encodeLines, heartbeat } from './encode.ts';

const read = (stream: string, chunk = stream.length) => {
  const events: { id?: string | undefined; event?: string | undefined; data: string }[] = [];
  const retries: number[] = [];
  const parser = createParser({
    onEvent: ({ id, event, data }) => events.push({ id, event, data }),
    onRetry: (ms) => retries.push(ms),
  });
  for (let start = 0; start < stream.length; start += chunk) parser.feed(stream.slice(start, start + chunk));
  return { events, retries };
};

describe('the frames of an event stream', () => {
  it('are written as they are specified', () => {
    expect(encodeFrame({ id: 'e-1', data: '{"type":"log"}' })).toBe('id: e-1\ndata: {"type":"log"}\n\n');
    expect(encodeFrame({ event: 'cursor', id: 'e-2', data: '{}' })).toBe(
      'event: cursor\nid: e-2\ndata: {}\n\n',
    );
    expect(encodeFrame({ retryMs: 1500 })).toBe('retry: 1500\n\n');
    expect(heartbeat).toBe(':\n\n');
  });

  it('are the same for events that come as lines', () => {
    const line = fc.string({ unit: fc.constantFrom('a', '€', '\r', '\u2028', ' ', '\0', ':', '"') });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), fc.nat(1000), (texts, first) => {
        const idAt = (number: number) => `e-${number}`;
        const lines = { first, count: texts.length, text: texts.join('\n') };
        const frames = texts.map((data, index) => encodeFrame({ id: idAt(first + index), data }));
        expect(encodeLines(lines, idAt)).toBe(frames.join(''));
      }),
    );
  });

  it('split data wherever a reader would end a line', () => {
    expect(encodeFrame({ data: 'a\rb\nc\r\nd' })).toBe('data: a\ndata: b\ndata: c\ndata: d\n\n');
  });

  it('give back any text, and forge no event from it', () => {
    const hostile = fc
      .array(
        fc.constantFrom(
          '\r',
          '\n',
          '\r\n',
          '\u2028',
          '\u2029',
          '\ufeff',
          '\0',
          ':',
          ' ',
          'event: x',
          'data: y',
          'id: z',
          'ü',
        ),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 7 }), (text, chunk) => {
        const frame = encodeFrame({ id: 'e-1', data: text });
        const { events } = read(`${heartbeat}${frame}`, chunk);
        expect(events).toEqual([{ id: 'e-1', event: undefined, data: text.replace(/\r\n|\r/g, '\n') }]);
      }),
    );
  });

  it('carry JSON unchanged, whatever it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const [event] = read(encodeFrame({ id: 'e-1', data: JSON.stringify({ text }) })).events;
        expect(JSON.parse(event?.data ?? '')).toEqual({ text });
      }),
    );
  });

  it('refuse a name or an id of two lines', () => {
    expect(() => encodeFrame({ id: 'a\nb' })).toThrow();
    expect(() => encodeFrame({ event: 'a\rb' })).toThrow();
    expect(() => encodeFrame({ id: 'a\0' })).toThrow();
  });
});
