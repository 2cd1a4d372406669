import type { ContentMatches, ContentQuery, MatchedLine } from '@agent-harbor/api-contract/schemas';
import type { FoundContent, FoundLine } from '../executor/workspace-look.ts';
import { compileGlob } from './glob.ts';
import { endingOf, languageOf } from './language.ts';

/** Which files a query is about. */
export const acceptedBy = ({
  path,
  type,
  include_pattern: include,
  exclude_pattern: exclude,
}: ContentQuery): ((path: string) => boolean) => {
  const place = path?.replace(/\/$/, '');
  const ending = type === undefined ? undefined : `.${type.toLowerCase()}`;
  // Once for all paths: it is asked of each file of a tree.
  const isIncluded = include === undefined ? undefined : compileGlob(include);
  const isExcluded = exclude === undefined ? undefined : compileGlob(exclude);
  return (candidate) =>
    (place === undefined || candidate === place || candidate.startsWith(`${place}/`)) &&
    (ending === undefined || candidate.toLowerCase().endsWith(ending)) &&
    (isIncluded?.(candidate) ?? true) &&
    !(isExcluded?.(candidate) ?? false);
};

/** What was found, as the wire tells it: counted by language, ending and directory over all of it. */
export const presentMatches = (
  { files, cutBy, skippedLarge }: FoundContent,
  limit: number,
): ContentMatches => {
  const most = files[0]?.count ?? 1;
  return {
    results: files.slice(0, limit).map(({ path, count, lines }) => ({
      path,
      matches: lines.map(present),
      match_count: count,
      score: count / most,
      language: languageOf(path),
    })),
    facets: {
      languages: counted(files, ({ path }) => languageOf(path)),
      file_types: counted(files, ({ path }) => endingOf(path)),
      directories: counted(files, ({ path }) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '')),
    },
    total: files.length,
    cut_by: cutBy,
    skipped_large: skippedLarge,
  };
};

const present = ({ line, column, text }: FoundLine): MatchedLine => ({
  line,
  line_number: line,
  column,
  content: text,
  match_type: kindOf(text),
});

/** How many of something there are, by a word; without the empty word, the largest first. */
const counted = <Item>(items: readonly Item[], wordOf: (item: Item) => string): Record<string, number> => {
  const counts = new Map<string, number>();
  for (const item of items) {
    const word = wordOf(item);
    if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([, one], [, other]) => other - one).slice(0, facetLimit));
};

/** How many words of a kind are told. */
const facetLimit = 100;

/** What a line is by its first words, for people who look for where something is made. */
const kindOf = (text: string): MatchedLine['match_type'] => {
  const line = text.trimStart();
  if (/^(?:\/\/|\/\*|\*|#(?!include|\[)|--|<!--)/.test(line)) return 'comment';
  if (/^(?:import|from|require|use|using|#include|package)\b/.test(line)) return 'import';
  const rest = line.replace(
    /^(?:(?:export|default|public|private|protected|static|abstract|async|pub|final|const) )*/,
    '',
  );
  if (/^(?:function|func|fn|def|fun|sub)\b/.test(rest)) return 'function_definition';
  if (/^\w+ = (?:async )?(?:function\b|\([^)]{0,200}\)(?:: [\w<>[\]|, ]{1,100})? =>)/.test(rest)) {
    return 'function_definition';
  }
  if (/^(?:class|struct|trait|impl|object)\b/.test(rest)) return 'class_definition';
  return /^(?:interface|type|enum)\b/.test(rest) ? 'type_definition' : 'text';
};
