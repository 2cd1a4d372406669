import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor, offsetOf, pageFrom } from './page.ts';
import { Problem } from './problem.ts';

describe('paging', () => {
  it('gives a cursor back as it was made', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer()), { minLength: 1 }),
        (list, key) => {
          fc.pre(list.isWellFormed());
          const cursor = encodeCursor(list, key);
          expect(cursor).toMatch(/^[\w-]+$/);
          expect(decodeCursor(list, key.length, cursor)).toEqual(key);
        },
      ),
    );
  });

  it('refuses anything else, by the name of the field', () => {
    for (const cursor of [
      '',
      'x',
      '%%%',
      encodeCursor('other', [1]),
      encodeCursor('list', [1, 2]),
      btoa('{}'),
      btoa('["list",null]'),
    ]) {
      expect(() => decodeCursor('list', 1, cursor), cursor).toThrow(
        expect.objectContaining({ code: 'invalid-request', errors: { cursor: [expect.any(String)] } }),
      );
    }
  });

  it('numbers pages up to row 10,000 and then names cursor', () => {
    expect(offsetOf({ perPage: 200, page: 50 })).toBe(9800);
    expect(offsetOf({ perPage: 200 })).toBe(0);
    expect(() => offsetOf({ perPage: 200, page: 51 })).toThrow(/cursor/);
    expect(() => offsetOf({ perPage: 1, page: 2, cursor: 'x' })).toThrow(Problem);
  });

  it('tells where a page lies, and the end', () => {
    const page = pageFrom('list', { perPage: 2, page: 1 }, [1, 2, 3], 3, (row) => [row]);
    expect(page).toMatchObject({
      items: [1, 2],
      total: 3,
      nextPage: 2,
      pagination: { page: 1, perPage: 2, total: 3, totalPages: 2 },
    });
    expect(decodeCursor('list', 1, page.nextCursor ?? '')).toEqual([2]);
    const last = pageFrom('list', { perPage: 2, page: 2 }, [3], 3, (row) => [row]);
    expect([last.nextPage, last.nextCursor]).toEqual([null, null]);
    expect(pageFrom('list', { perPage: 2 }, [1], 10_001, (row) => [row])).toMatchObject({
      total: null,
      totalIsCapped: true,
      pagination: { totalPages: null },
    });
  });
});
