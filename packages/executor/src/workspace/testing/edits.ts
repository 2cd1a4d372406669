/** Names that were trouble for somebody. */
const names = [
  'plain',
  'with blank',
  ' begins with one',
  'ends with one ',
  'ünïcode',
  '日本語',
  'quote"d',
  "apo'strophe",
  'back\\slash',
  'tab\there',
  'new\nline',
  'return\rhere',
  '-dash',
  '--output=x',
  '$(id)',
  '`id`',
  '*.glob',
  '[a]',
  ':(top)x',
  '#hash',
  'a b => c d',
  '{old => new}',
  'b',
  'dev',
  'null',
];

type Random = (below: number) => number;

/** A file as it is on a disk: bytes, and whether it runs; or where a link leads. */
export type Entry = { readonly bytes: Buffer; readonly runs: boolean } | { readonly link: string };

/** A tree before and after. */
export interface Edited {
  readonly before: ReadonlyMap<string, Entry>;
  readonly after: ReadonlyMap<string, Entry>;
  /** How many files differ in some way. */
  readonly edits: number;
}

/** The same numbers for the same seed (mulberry32). */
const randomOf = (seed: number): Random => {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
};

/** A tree with so many files, nearly all of which are edited somehow. */
export const editedTree = (seed: number, count: number): Edited => {
  const random = randomOf(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item;
  const before = new Map<string, Entry>();
  const after = new Map<string, Entry>();
  const file = (bytes: Buffer, runs = false): Entry => ({ bytes, runs });

  const line = (): string =>
    pick([
      () => `line ${random(50)}`,
      () => '',
      () => '  indented',
      () => `-- ${random(9)}`,
      () => '++ b/x',
      () => '@@ -1 +1 @@',
      () => 'diff --git a/x b/x',
      () => '\\ No newline at end of file',
      () => 'From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001',
      () => '<b onclick="x">&amp;</b>',
      () => '\u202eturned\u2069 zero\u200bwidth',
      () => '\ttab\u000bvertical\u000cfeed',
      () => `${'long '.repeat(300)}${random(9)}`,
      () => '\u001b[31mred\u001b[0m',
      () => '日本語 ünïcode 👩‍💻',
      () => 'ends with blanks   ',
      () => 'one\rreturn',
    ])();
  const text = (lines: readonly string[], end: string, isWhole: boolean): Buffer =>
    Buffer.from(lines.join(end) + (isWhole && lines.length > 0 ? end : ''));
  const linesOf = (least: number): string[] => Array.from({ length: least + random(30) }, line);
  const changed = (lines: readonly string[]): string[] =>
    lines.flatMap((each) => {
      const what = random(8);
      if (what === 0) return [];
      if (what === 1) return [each, line()];
      return what === 2 ? [line()] : [each];
    });
  const binary = (): Buffer =>
    Buffer.from(Array.from({ length: 1 + random(400) }, () => random(256)).concat(0));
  const latin = (lines: readonly string[]): Buffer =>
    Buffer.from(lines.map((each, index) => `caf\xe9 ${index} ${each.length}\n`).join(''), 'latin1');

  const edit = (path: string): void => {
    const end = pick(['\n', '\n', '\n', '\r\n', '\r\n']);
    const lines = linesOf(1);
    const old = file(text(lines, end, random(4) > 0), random(6) === 0);
    const moved = `${path}.moved`;
    const kinds: readonly (() => void)[] = [
      // Lines, and their ends.
      ...Array.from({ length: 6 }, () => () => {
        before.set(path, old);
        after.set(path, file(text(changed(lines), end, random(4) > 0), 'runs' in old && old.runs));
      }),
      () => {
        before.set(path, file(text(lines, '\n', true)));
        after.set(path, file(text(lines, '\r\n', true)));
      },
      () => {
        before.set(path, file(text(lines, '\r\n', true)));
        after.set(path, file(text(changed(lines), pick(['\n', '\r\n']), false)));
      },
      // There and not there.
      () => after.set(path, file(text(lines, end, random(2) > 0), random(2) > 0)),
      () => before.set(path, old),
      () => after.set(path, file(Buffer.alloc(0), random(2) > 0)),
      () => before.set(path, file(Buffer.alloc(0))),
      () => {
        before.set(path, file(Buffer.alloc(0)));
        after.set(path, old);
      },
      () => {
        before.set(path, old);
        after.set(path, file(Buffer.alloc(0)));
      },
      // Names and modes.
      () => {
        before.set(path, old);
        after.set(moved, old);
      },
      () => {
        const long = Array.from({ length: 20 }, (_, index) => `${path} ${index}`);
        before.set(path, file(text(long, end, true)));
        after.set(moved, file(text([...long, line()], end, true), random(2) > 0));
      },
      () => {
        before.set(path, file(text(lines, end, true), false));
        after.set(path, file(text(random(2) > 0 ? lines : changed(lines), end, true), true));
      },
      // Kinds.
      () => {
        before.set(path, old);
        after.set(path, { link: pick(['/etc/passwd', '../..', 'nowhere', 'ünï\ncode']) });
      },
      () => {
        before.set(path, { link: 'somewhere' });
        after.set(path, old);
      },
      () => {
        before.set(path, { link: 'somewhere' });
        after.set(path, { link: pick(['elsewhere', '/']) });
      },
      () => {
        before.set(path, old);
        after.set(`${path}/inside`, old);
      },
      () => {
        before.set(`${path}/inside`, old);
        after.set(path, file(binary()));
      },
      // What is no text, or none of ours.
      () => {
        before.set(path, file(binary()));
        after.set(path, file(binary()));
      },
      () => after.set(path, file(binary())),
      () => before.set(path, file(binary())),
      () => {
        before.set(path, old);
        after.set(path, file(binary()));
      },
      () => {
        before.set(path, file(latin(lines)));
        after.set(path, file(latin(changed(lines))));
      },
      () => {
        before.set(path, file(Buffer.concat([Buffer.from('\ufeff'), text(lines, end, true)])));
        after.set(path, file(text(lines, end, true)));
      },
    ];
    pick(kinds)();
  };

  for (let index = 0; index < count; index += 1) edit(`d${index % 7}/${index} ${pick(names)}`);
  const all = new Set([...before.keys(), ...after.keys()]);
  return { before, after, edits: all.size };
};
