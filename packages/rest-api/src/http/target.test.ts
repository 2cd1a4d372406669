import { Problem } from '@agent-harbor/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readQuery, readTarget } from './target.ts';

const codeOf = (act: () => unknown): string | undefined => {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
  return undefined;
};

describe('a request target', () => {
  it('is taken apart and decoded once', () => {
    expect(readTarget('/a/b%2Fc/%252e?x=%41&y')).toEqual({
      path: '/a/b%2Fc/%252e',
      segments: ['a', 'b/c', '%2e'],
      query: 'x=%41&y',
      isPlain: false,
    });
  });

  it('is plain when nothing in it can be anything but what it says', () => {
    const plain = (target: string) => readTarget(target).isPlain;
    expect(plain('/api/v1/sessions/01HVZ6K9T1N8S6M3V3Q3F0X000?perPage=50&sort=-createdAt')).toBe(true);
    for (const other of [
      '/a%41',
      '/a?b=%00',
      '/\u00e4',
      '/a\0',
      '/a?b=\ud800',
      '/a?__proto__=1',
      '/__proto__/b',
    ]) {
      expect(plain(other), other).toBe(false);
    }
  });

  it.each([
    'http://127.0.0.1/healthz',
    '*',
    '',
    '127.0.0.1:22',
    '/a/../b',
    '/a/%2e%2E/b',
    '/./a',
    '/a/.',
    '/%ff',
    '/a%2',
    '/a\\b',
    '/a#b',
  ])('refuses %j', (target) => {
    expect(codeOf(() => readTarget(target))).toBe('malformed-request');
  });

  it('keeps an encoded slash inside its segment, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (segment) => {
        fc.pre(segment !== '.' && segment !== '..' && segment.isWellFormed());
        expect(readTarget(`/files/${encodeURIComponent(segment)}/x`).segments).toEqual([
          'files',
          segment,
          'x',
        ]);
      }),
    );
  });
});

describe('a query', () => {
  it('reads members, repeated ones as a list', () => {
    expect({ ...readQuery('a=1&b=%C3%A4+x&a=2&c&d=e=f&&a=3') }).toEqual({
      a: ['1', '2', '3'],
      b: 'ä x',
      c: '',
      d: 'e=f',
    });
  });

  it('names the member that is not UTF-8', () => {
    expect(() => readQuery('ok=1&bad=%ff')).toThrow(/bad/);
    expect(() => readQuery('%ff=1')).toThrow(/query/);
  });

  it('is a plain table, whatever it is called', () => {
    const query = readQuery('__proto__=1&constructor=2');
    expect(Object.keys(query)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(query)).toBeNull();
  });
});
