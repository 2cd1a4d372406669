import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { incoming } from '../../testing/incoming.ts';
import { problemOf } from '../../testing/problem-of.ts';
import { readHeaders } from '../incoming.ts';
import { maxBodyBytes, readBody } from './read-body.ts';

const json = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
const read = (body: string | readonly Uint8Array[], headers: Record<string, string> = {}) => {
  const request = incoming('POST', '/x', { ...json, ...headers }, body);
  return readBody(request, readHeaders(request.headers));
};
const refusal = async (...args: Parameters<typeof read>) => {
  const problem = await problemOf(() => read(...args));
  return problem && (problem.errors ?? problem.code);
};
const compressed = { 'content-encoding': 'gzip' };

describe('a body', () => {
  it('is a JSON document with its bytes', async () => {
    expect(await read('{"a": "ä"}')).toEqual({
      value: { a: 'ä' },
      bytes: new Uint8Array(new TextEncoder().encode('{"a": "ä"}')),
    });
    expect((await read('{}', { 'content-type': 'Application/JSON; charset="UTF-8"' })).value).toEqual({});
  });

  it('is nothing when there is none, whatever its type', async () => {
    const empty = { 'content-type': 'text/plain', 'content-length': '0' };
    const request = incoming('POST', '/x', empty);
    expect((await readBody(request, readHeaders(request.headers))).value).toBeUndefined();
    expect((await read('')).value).toBeUndefined();
  });

  it('survives any chunking', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.json(),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (text, size, zipped) => {
          fc.pre(!text.includes('__proto__') && !text.includes('\\u'));
          const bytes = zipped ? gzipSync(text) : new TextEncoder().encode(text);
          const chunks: Uint8Array[] = [];
          for (let start = 0; start < bytes.length; start += size)
            chunks.push(bytes.subarray(start, start + size));
          const body = await read(chunks, zipped ? compressed : {});
          expect(body.value).toEqual(JSON.parse(text));
          expect(new TextDecoder().decode(body.bytes)).toBe(text);
        },
      ),
      { numRuns: 50 },
    );
  });

  it.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=x'],
    ['application/json; charset=utf-16'],
    [''],
  ])('of type %j is refused', async (type) => {
    expect(await refusal('{}', { 'content-type': type })).toBe('unsupported-media-type');
  });

  it('in an encoding we do not read is refused', async () => {
    expect(await refusal('{}', { 'content-encoding': 'br' })).toBe('unsupported-media-type');
    expect(await refusal('{}', { 'content-encoding': 'gzip, gzip' })).toBe('unsupported-media-type');
  });

  it.each(['{', '{"a":}', 'undefined', '{"a":1}x', "{'a':1}", '[1,]'])(
    'that is broken is refused: %j',
    async (text) => {
      expect(await refusal(text)).toBe('malformed-body');
    },
  );

  it('that is not UTF-8, or not gzip, is refused', async () => {
    expect(await refusal([Uint8Array.of(0x22, 0xff, 0x22)])).toBe('malformed-body');
    expect(await refusal('{}', compressed)).toBe('malformed-body');
    expect(await refusal([gzipSync('{"a":1}').subarray(0, 20)], compressed)).toBe('malformed-body');
  });

  it('may fill the limit, and not a byte more', async () => {
    const filled = `"${'x'.repeat(maxBodyBytes - 2)}"`;
    expect((await read(filled)).bytes.length).toBe(maxBodyBytes);
    expect(await refusal(`${filled} `)).toBe('payload-too-large');
    expect(await refusal('{}', { 'content-length': String(maxBodyBytes + 1) })).toBe('payload-too-large');
  });

  it('that inflates beyond the limit is refused before it is inflated', async () => {
    const bomb = gzipSync(Buffer.alloc(128 * 1024 * 1024, 0x20));
    let taken = 0;
    const request = {
      ...incoming('POST', '/x', { ...json, ...compressed }),
      body: async function* () {
        for (; taken < bomb.length; taken += 1024) yield bomb.subarray(taken, taken + 1024);
      },
    };
    const refused = await problemOf(() => readBody(request, readHeaders(request.headers)));
    expect(refused?.code).toBe('payload-too-large');
    expect(taken).toBeLessThan(bomb.length / 2);
  });

  it('is not read on once it is too large', async () => {
    let taken = 0;
    const request = {
      ...incoming('POST', '/x', json),
      body: async function* () {
        for (;;) {
          taken++;
          yield new Uint8Array(1024 * 1024).fill(0x20);
        }
      },
    };
    const refused = await problemOf(() => readBody(request, readHeaders(request.headers)));
    expect(refused?.code).toBe('payload-too-large');
    expect(taken).toBe(17);
  });

  it('that nests or holds too much is refused before it is parsed', async () => {
    expect(await refusal('['.repeat(100_000))).toBe('malformed-body');
    expect(await refusal(`[${'0,'.repeat(1_000_000)}0]`)).toBe('malformed-body');
    const brackets = JSON.stringify(['['.repeat(100_000), '\\"[{,'.repeat(100_000)]);
    expect((await read(brackets)).value).toEqual(JSON.parse(brackets));
    expect((await read('['.repeat(64) + ']'.repeat(64))).value).toBeDefined();
  });

  it('names the fields with text that no part of the system may meet', async () => {
    expect(await refusal('{"prompt":"a\\u0000b"}')).toEqual({ prompt: ['must not contain NUL'] });
    expect(await refusal('{"a":[{"b":"\\ud800"}]}')).toEqual({
      'a.0.b': ['must not contain a lone surrogate'],
    });
    expect(await refusal('{"labels":{"a\\u0000":"x"}}')).toEqual({ 'labels.a\\0': ['must not contain NUL'] });
    expect(await refusal('{"settings":{"__proto__":{"polluted":true}}}')).toEqual({
      'settings.__proto__': ['is not a member of the contract'],
    });
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('may hold any other text', async () => {
    const text = JSON.stringify({ prompt: '"$(x)\'\n\r\t\u2028\ufeff😀 --', 'a.b': 'constructor' });
    expect((await read(text)).value).toEqual(JSON.parse(text));
  });
});
