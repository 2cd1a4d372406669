import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileEdit } from '../format/files.ts';
import { applyEdit } from './apply-edit.ts';
import { base64Of, bytesOf, textOf } from './bytes.ts';

const edited = (edit: Partial<FileEdit>, before: string | null, everywhere = false) => {
  const result = applyEdit({ path: 'f', ...edit }, before === null ? null : bytesOf(before), everywhere);
  return result.done ? (result.after === null ? null : textOf(result.after)) : result.reason;
};

describe('an edit', () => {
  it.each<[string, Partial<FileEdit>, string | null, string | null]>([
    ['makes a file', { contents: 'new' }, null, 'new'],
    ['replaces a file', { contents: 'new' }, 'old', 'new'],
    ['replaces one place', { oldText: 'b', newText: 'B' }, 'abc', 'aBc'],
    ['takes the replacement as it is', { oldText: 'b', newText: '$& $1 $$' }, 'abc', 'a$& $1 $$c'],
    ['removes a file', { delete: true }, 'old', null],
    ['adds lines', { linesAdded: 2 }, 'one\n', 'one\nf: added line 1\nf: added line 2\n'],
    ['adds lines to nothing', { linesAdded: 1 }, null, 'f: added line 1\n'],
    ['removes lines', { linesRemoved: 1 }, 'one\ntwo\n', 'one\n'],
    ['removes what there is', { linesRemoved: 9 }, 'one\ntwo', ''],
  ])('%s', (_, edit, before, after) => {
    expect(edited(edit, before)).toBe(after);
  });

  it.each<[string, Partial<FileEdit>, string | null, RegExp]>([
    ['a file that is not there', { oldText: 'a', newText: 'b' }, null, /no such file/],
    ['a text that is not there', { oldText: 'x', newText: 'y' }, 'abc', /not in the file/],
    ['a text that is there twice', { oldText: 'a', newText: 'b' }, 'aXa', /2 times/],
    ['removing nothing', { delete: true }, null, /no such file/],
    ['text in bytes', { oldText: 'a', newText: 'b' }, 'a\u0000', /not a text file/],
  ])('says why it cannot be made: %s', (_, edit, before, reason) => {
    expect(edited(edit, before)).toMatch(reason);
  });

  it('replaces every place when asked to', () => {
    expect(edited({ oldText: 'a', newText: 'b' }, 'aXa', true)).toBe('bXb');
  });
});

describe('bytes', () => {
  it('go through base64 unchanged', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20_000 }), (bytes) => {
        expect(bytesOf({ base64: base64Of(bytes) })).toEqual(Uint8Array.from(bytes));
      }),
    );
  });

  it('are text only when every one of them is', () => {
    for (const text of ['', 'a', 'ü\r\n', '\ufeffwith a mark', '😀'])
      expect(textOf(bytesOf(text))).toBe(text);
    expect(textOf(Uint8Array.of(0xff))).toBeNull();
    expect(textOf(Uint8Array.of(0x61, 0))).toBeNull();
    expect(textOf(Uint8Array.of(0xc3))).toBeNull();
  });
});
