import type { Assertion } from '../format/check.ts';
import { workspacePath } from '../tool/workspace-path.ts';

/** What assertions look at. */
export interface View {
  paths(): Iterable<string>;
  /** The text of a file; null when it is none, undefined when there is no file. */
  text(path: string): string | null | undefined;
  /** Everything that was said and printed so far. */
  transcript(): string;
  /** The messages of the commits that were made. */
  readonly commits: readonly string[];
}

/** Members of an assertion that nobody here knows. */
export const unknownChecks = (assertion: Assertion): readonly string[] =>
  Object.keys(assertion).filter((name) => !['fs', 'text', 'json', 'git', '_meta'].includes(name));

/** What of an assertion does not hold, each as what was expected and what was found. */
export const failures = ({ fs, text, json, git }: Assertion, view: View): readonly string[] => [
  ...(fs?.exists ?? [])
    .filter((path) => !exists(view, path))
    .map((path) => `fs.exists: expected ${path} to be there`),
  ...(fs?.notExists ?? [])
    .filter((path) => exists(view, path))
    .map((path) => `fs.notExists: expected ${path} not to be there`),
  ...(text?.contains ?? [])
    .filter((part) => !plain(view.transcript()).includes(plain(part)))
    .map((part) => `text.contains: expected ${JSON.stringify(part)} to have been said or printed`),
  ...(json?.file ?? []).flatMap((expected) => jsonFailure(expected, view) ?? []),
  ...(git?.commit ?? [])
    .filter(({ messageContains }) => !view.commits.some((message) => message.includes(messageContains)))
    .map(
      ({ messageContains }) =>
        `git.commit: expected a commit whose message contains ${JSON.stringify(messageContains)}, found ${
          view.commits.length === 0
            ? 'none'
            : view.commits.map((message) => JSON.stringify(message)).join(', ')
        }`,
    ),
];

/** A file, or a folder with something in it. */
const exists = (view: View, path: string): boolean => {
  const plainPath = workspacePath(path);
  if (plainPath === undefined) return false;
  for (const each of view.paths()) if (each === plainPath || each.startsWith(`${plainPath}/`)) return true;
  return false;
};

const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();

const jsonFailure = (
  { path, pointer, equals }: { path: string; pointer: string; equals?: unknown },
  view: View,
): string | undefined => {
  const expected = `json.file: expected ${path} to have ${JSON.stringify(equals)} at ${JSON.stringify(pointer)}`;
  const text = view.text(workspacePath(path) ?? '');
  if (text === undefined) return `${expected}, but there is no such file`;
  const document = text === null ? undefined : parseJson(text);
  if (document === undefined) return `${expected}, but the file is no JSON`;
  const found = at(document.value, pointer);
  return same(found, equals) ? undefined : `${expected}, found ${JSON.stringify(found) ?? 'nothing'}`;
};

const parseJson = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
};

/** What a JSON pointer (RFC 6901) leads to; undefined when it leads nowhere. */
const at = (document: unknown, pointer: string): unknown => {
  if (pointer === '') return document;
  if (!pointer.startsWith('/')) return undefined;
  let value = document;
  for (const part of pointer.slice(1).split('/')) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = Object.entries(value).find(([key]) => key === name)?.[1];
  }
  return value;
};

const same = (one: unknown, other: unknown): boolean => {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return one === other;
  const [mine, theirs] = [Object.entries(one), new Map(Object.entries(other))];
  return (
    Array.isArray(one) === Array.isArray(other) &&
    mine.length === theirs.size &&
    mine.every(([name, value]) => theirs.has(name) && same(value, theirs.get(name)))
  );
};
