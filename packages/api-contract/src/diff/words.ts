import { equal, flagAt, type JsonObject, own } from './json.ts';
import type { Scope } from './ledger.ts';
import { breaking, everywhere, neutral, type Rule } from './rule.ts';
import { showValue } from './schema/describe.ts';

export const wordRules = {
  words: {
    id: 'words-changed',
    what: 'the words about it changed',
    ...everywhere(
      neutral('Nothing that travels differs; check that the words do not tell of a change that does.'),
    ),
  },
  deprecated: {
    id: 'deprecated',
    what: 'it was deprecated',
    ...everywhere(
      neutral('It works as before: tell its users what to take instead, and until when it stays.'),
    ),
  },
  undeprecated: {
    id: 'deprecation-withdrawn',
    what: 'it is no longer deprecated',
    ...everywhere(neutral('It works as before and is there to stay.')),
  },
  extension: {
    id: 'extension-changed',
    what: 'an extension (`x-`) changed',
    ...everywhere(
      neutral('An extension changes nothing that travels, unless the tools that read it say so.'),
    ),
  },
  unjudged: {
    id: 'unjudged-change',
    what: 'something changed that this tool cannot judge',
    ...everywhere(
      breaking(
        'It is taken for breaking because nothing shows that it is not: look at it, and say so in a changeset.',
      ),
    ),
  },
} satisfies Record<string, Rule>;

/** What has its own comparison, and what only speaks to people and tools; all else is beyond judging. */
interface Known {
  readonly compared: ReadonlySet<string>;
  readonly words: ReadonlySet<string>;
}

/** Compares what nothing else compares, so that no difference goes unsaid. */
export const compareRest = (before: JsonObject, after: JsonObject, known: Known, scope: Scope): void => {
  compareDeprecation(before, after, scope);
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) =>
      name !== 'deprecated' && !known.compared.has(name) && !equal(own(before, name), own(after, name)),
  );
  const spoken = changed.filter((name) => known.words.has(name));
  const extensions = changed.filter((name) => name.startsWith('x-') && !known.words.has(name));
  const others = changed.filter((name) => !name.startsWith('x-') && !known.words.has(name));
  const tell = (rule: Rule, names: readonly string[]) => {
    if (names.length > 0) scope.report(rule, ...show(before, after, names));
  };
  tell(wordRules.words, spoken);
  tell(wordRules.extension, extensions);
  tell(wordRules.unjudged, others);
};

const compareDeprecation = (before: JsonObject, after: JsonObject, scope: Scope): void => {
  const was = flagAt(before, 'deprecated');
  const is = flagAt(after, 'deprecated');
  if (!was && is) scope.report(wordRules.deprecated, null, 'deprecated');
  if (was && !is) scope.report(wordRules.undeprecated, 'deprecated', null);
};

/** One of them in full, several by name; of long texts the part that differs. */
const show = (
  before: JsonObject,
  after: JsonObject,
  names: readonly string[],
): readonly [string | null, string | null] => {
  const [only = ''] = names;
  const [was, is] = [own(before, only), own(after, only)];
  if (names.length === 1 && typeof was === 'string' && typeof is === 'string') {
    const from = Math.max(0, firstDifference(was, is) - 20);
    const cut = (text: string) => `${only}: ${showValue(from === 0 ? text : `…${text.slice(from)}`)}`;
    return [cut(was), cut(is)];
  }
  const list = (object: JsonObject) => {
    const there = names.filter((name) => own(object, name) !== undefined);
    const [name] = there;
    if (name === undefined) return null;
    return there.length === 1 ? `${name}: ${showValue(object[name])}` : there.join(', ');
  };
  return [list(before), list(after)];
};

const firstDifference = (one: string, other: string): number => {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
};
