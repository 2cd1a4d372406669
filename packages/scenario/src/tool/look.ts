import { RE2JS, RE2JSSyntaxException } from 're2js';
import { globOf } from './glob.ts';

/** Something below a directory: a file, or a directory of its own. Paths are those below the workspace. */
export interface Place {
  readonly path: string;
  readonly isDirectory: boolean;
}

/** A look into the workspace; `path` is where, `''` is all of it. */
export type Look =
  | {
      readonly what: 'list';
      readonly path: string;
      readonly isRecursive: boolean;
      readonly pattern: string | undefined;
    }
  | {
      readonly what: 'find';
      readonly path: string;
      readonly name: string | undefined;
      readonly type: 'file' | 'dir' | undefined;
    }
  | {
      readonly what: 'grep';
      readonly path: string;
      readonly pattern: string;
      readonly glob: string | undefined;
      readonly extension: string | undefined;
      readonly mode: 'content' | 'files_with_matches' | 'count';
      readonly before: number;
      readonly after: number;
      readonly isNumbered: boolean;
      readonly ignoresCase: boolean;
      readonly isMultiline: boolean;
      readonly limit: number | undefined;
    };

/** What a tool gave. */
export interface Seen {
  readonly output: string;
  readonly failed: boolean;
}

/** The files, and the directories they lie in. */
export const placesOf = (files: readonly string[]): readonly Place[] => {
  const directories = new Set<string>();
  for (const path of files) {
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
      directories.add(path.slice(0, at));
  }
  return [
    ...[...directories].map((path) => ({ path, isDirectory: true })),
    ...files.map((path) => ({ path, isDirectory: false })),
  ];
};

/** The lines of a text that a pattern is found in. Throws what is wrong with the pattern. */
export const matchingLines = (text: string, pattern: string): string => {
  const regex = RE2JS.compile(pattern);
  return text
    .split(/(?<=\n)/)
    .filter((line) => regex.matcher(line).find())
    .join('');
};

/** The files a look has to read, of everything there is. */
export const filesOf = (look: Look, places: readonly Place[]): readonly string[] => {
  if (look.what !== 'grep') return [];
  const { glob, extension } = look;
  const fits = glob === undefined ? () => true : globOf(glob);
  return places
    .filter(({ path, isDirectory }) => !isDirectory && (path === look.path || isBelow(path, look.path)))
    .map(({ path }) => path)
    .filter((path) => fits(path) && (extension === undefined || path.endsWith(`.${extension}`)));
};

/** What is seen. `texts` has the files that were to be read and are text. Answers come in the order of the paths. */
export const see = (
  look: Look,
  places: readonly Place[],
  texts: ReadonlyMap<string, string> = new Map(),
): Seen => {
  const { path } = look;
  const isThere = path === '' || places.some((place) => place.path === path || isBelow(place.path, path));
  if (!isThere) return { output: `${path}: there is no such file or directory`, failed: true };
  try {
    const lines = look.what === 'grep' ? matches(look, texts) : names(look, places);
    const cut = look.what === 'grep' && look.limit !== undefined ? lines.slice(0, look.limit) : lines;
    return { output: cut.length === 0 ? 'Nothing found.' : cut.join('\n'), failed: false };
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    return { output: `the pattern is no regular expression: ${error.message}`, failed: true };
  }
};

const isBelow = (path: string, directory: string): boolean =>
  directory === '' || path.startsWith(`${directory}/`);

const names = (look: Exclude<Look, { what: 'grep' }>, places: readonly Place[]): readonly string[] => {
  const pattern = look.what === 'list' ? look.pattern : look.name;
  const fits = pattern === undefined ? () => true : globOf(pattern);
  const wanted = look.what === 'find' ? look.type : undefined;
  const isDeep = look.what === 'find' || look.isRecursive;
  const rest = look.path === '' ? 0 : look.path.length + 1;
  return sorted(places).flatMap(({ path, isDirectory }) => {
    const inside = path.slice(rest);
    if (!isBelow(path, look.path) || !(isDeep || !inside.includes('/')) || !fits(inside)) return [];
    if (wanted !== undefined && (wanted === 'dir') !== isDirectory) return [];
    if (look.what === 'find') return [path];
    return [isDirectory ? `${inside}/` : inside];
  });
};

const sorted = (places: readonly Place[]): readonly Place[] =>
  places.toSorted((one, other) => (one.path < other.path ? -1 : 1));

const matches = (
  look: Extract<Look, { what: 'grep' }>,
  texts: ReadonlyMap<string, string>,
): readonly string[] => {
  const flags =
    (look.ignoresCase ? RE2JS.CASE_INSENSITIVE : 0) | (look.isMultiline ? RE2JS.DOTALL | RE2JS.MULTILINE : 0);
  const regex = RE2JS.compile(look.pattern, flags);
  return [...texts]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([path, text]) => {
      const lines = text.replace(/\n$/, '').split('\n');
      const found = look.isMultiline ? linesAcross(regex, text) : linesWith(regex, lines);
      if (found.length === 0) return [];
      if (look.mode === 'files_with_matches') return [path];
      if (look.mode === 'count') return [`${path}:${found.length}`];
      return shown(look, path, lines, new Set(found));
    });
};

const linesWith = (regex: RE2JS, lines: readonly string[]): readonly number[] =>
  lines.flatMap((line, index) => (regex.matcher(line).find() ? [index] : []));

/** The lines that matches begin in, where they may go over several. */
const linesAcross = (regex: RE2JS, text: string): readonly number[] => {
  const found = new Set<number>();
  const matcher = regex.matcher(text);
  let [line, at] = [0, 0];
  while (matcher.find()) {
    for (; at < matcher.start(); at++) if (text[at] === '\n') line += 1;
    found.add(line);
  }
  return [...found];
};

/** As grep shows it: a colon behind the place of a match, a dash behind that of what stands around it. */
const shown = (
  { before, after, isNumbered }: Extract<Look, { what: 'grep' }>,
  path: string,
  lines: readonly string[],
  found: ReadonlySet<number>,
): readonly string[] => {
  const around = new Set<number>();
  for (const index of found) {
    for (let near = Math.max(0, index - before); near <= Math.min(lines.length - 1, index + after); near++)
      around.add(near);
  }
  return [...around]
    .toSorted((one, other) => one - other)
    .map((index) => {
      const mark = found.has(index) ? ':' : '-';
      return `${path}${mark}${isNumbered ? `${index + 1}${mark}` : ''}${lines[index] ?? ''}`;
    });
};
