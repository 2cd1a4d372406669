import { realpath, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import fc from 'fast-check';

/** How a try at paths is repeated: the seed that a failed one printed. */
export const pathSeed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

/** A path as somebody writes it who wants `canary`, a file outside of `tree`, or just anything. */
export const hostilePath = (tree: string, canary: string, known: readonly string[]): fc.Arbitrary<string> => {
  const way = relative(tree, canary);
  const ups = fc.nat(12).map((count) => '../'.repeat(count));
  const whole = fc.constantFrom(
    way,
    `./${way}`,
    `${known[0]}/../${way}`,
    `${dirname(known.at(-1) ?? '')}/../${way}`,
    canary,
    `/${canary}`,
    `file://${canary}`,
    `/proc/self/root${canary}`,
    `/proc/self/cwd/${way}`,
    `/proc/thread-self/root${canary}`,
    `/dev/fd/../root${canary}`,
    join(tree, way),
    `~/${way}`,
    '/etc/passwd',
    '.git/canary',
    '.git/config',
  );
  const part = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('..', '.', '', ...links, ...known.flatMap(partsOf)) },
    { weight: 4, arbitrary: fc.constantFrom(...oddParts, ...partsOf(way), ...partsOf(canary)) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
    { weight: 1, arbitrary: fc.nat(300).map((length) => 'x'.repeat(length)) },
  );
  const built = fc
    .tuple(fc.constantFrom('', '', '', '/', './', tree, `${tree}/`), ups, fc.array(part, { maxLength: 8 }))
    .map(([begin, up, parts]) => begin + up + parts.join('/'));
  const throughLink = fc
    .tuple(fc.constantFrom(...links), fc.array(part, { maxLength: 2 }), fc.constantFrom('canary', ''))
    .map((parts) => parts.flat().filter(Boolean).join('/'));
  const change = fc.tuple(fc.constantFrom(...changes), fc.nat(), fc.constantFrom('', ...oddParts));
  return fc
    .tuple(
      fc.oneof(
        { weight: 3, arbitrary: whole },
        { weight: 6, arbitrary: built },
        { weight: 3, arbitrary: throughLink },
        { weight: 2, arbitrary: fc.constantFrom(...known) },
      ),
      fc.array(change, { maxLength: 2 }),
    )
    .map(([path, done]) => done.reduce((text, [change, at, odd]) => change(text, at, odd), path))
    .filter((path) => Buffer.byteLength(path) <= 8192);
};

/** The links that a tree for these paths is expected to have, each to somewhere outside or into `.git`. */
const links = ['up', 'out', 'host', 'own'] as const;

const partsOf = (path: string): readonly string[] => path.split('/').filter((part) => part !== '');

const oddParts = [
  '.git',
  '.GIT',
  '.git ',
  '.git.',
  '.git::$INDEX_ALLOCATION',
  'git~1',
  '%2e%2e',
  '%252e%252e',
  '..%2f',
  '%2e%2e%2f',
  '..%5c',
  '..\\',
  '%c0%ae%c0%ae',
  '\uff0e\uff0e',
  '\u2025',
  '..;',
  '...',
  '..\0',
  '%00',
  '\n',
  '\r\n',
  'cafe\u0301',
  'caf\u00e9',
  '\ud800',
  '~',
  '$HOME',
  '*',
  ':(top)',
  ':/',
  '-',
  '--output=x',
  'C:',
  '\\\\host\\share',
  'canary',
  'environ',
] as const;

type Change = (path: string, at: number, odd: string) => string;
const at = (path: string, place: number): number => (path === '' ? 0 : place % (path.length + 1));

const changes: readonly Change[] = [
  (path) => path,
  (path) => path,
  (path) => encodeURIComponent(path.toWellFormed()),
  (path) => encodeURIComponent(encodeURIComponent(path.toWellFormed())),
  (path) => path.replaceAll('.', '%2e'),
  (path) => path.replaceAll('/', '%2F'),
  (path) => path.replaceAll('/', '\\'),
  (path) => path.replaceAll('/', '//'),
  (path) => path.replaceAll('/', '/./'),
  (path) => path.replaceAll('..', '\uff0e\uff0e'),
  (path) => path.normalize('NFD'),
  (path) => path.normalize('NFKC'),
  (path) => path.toUpperCase(),
  (path) => `${path}/`,
  (path) => `${path}/.`,
  (path) => `${path}\0.txt`,
  (path, place) => `${path.slice(0, at(path, place))}\0${path.slice(at(path, place))}`,
  (path, place, odd) => `${path.slice(0, at(path, place))}${odd}${path.slice(at(path, place))}`,
  (path, place) => path.slice(0, at(path, place)),
];

/** Whether somebody who asks nobody would have been given a file outside for this path. */
export const wouldLeak = async (tree: string, path: string): Promise<boolean> => {
  for (const read of [path, decoded(path), decoded(decoded(path))]) {
    for (const place of [join(tree, read), read]) {
      if (place.includes('\0') || place === '') continue;
      const real = await realpath(place).catch(() => undefined);
      if (real === undefined || !(await stat(real)).isFile()) continue;
      const isOutside = !real.startsWith(`${tree}/`) || real.includes('/.git/');
      if (isOutside) return true;
    }
  }
  return false;
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
