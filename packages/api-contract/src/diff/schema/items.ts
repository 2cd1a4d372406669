import { entriesAt, listAt, own } from '../json.ts';
import type { Scope } from '../ledger.ts';
import type { Descend } from './members.ts';
import type { Shape } from './shape.ts';

/** Keywords whose value is a schema of a part of the value; what is not said allows anything. */
const parts: readonly (readonly [keyword: string, step: string])[] = [
  ['propertyNames', '.(names)'],
  ['contentSchema', '.(content)'],
  ['unevaluatedItems', '[*]'],
];

export const itemKeywords: readonly string[] = ['items', 'prefixItems', ...parts.map(([name]) => name)];

export const compareItems = (before: Shape, after: Shape, scope: Scope, descend: Descend): void => {
  const was = listAt(before.keywords, 'prefixItems') ?? [];
  const is = listAt(after.keywords, 'prefixItems') ?? [];
  // A place that only one of them names is held to what the other says of all the rest.
  const rest = (shape: Shape) => own(shape.keywords, 'items') ?? true;
  for (let at = 0; at < Math.max(was.length, is.length); at += 1) {
    descend(was[at] ?? rest(before), is[at] ?? rest(after), scope.at(`[${at}]`));
  }
  descend(rest(before), rest(after), scope.at('[]'));
  for (const [name, step] of parts) {
    descend(own(before.keywords, name) ?? true, own(after.keywords, name) ?? true, scope.at(step));
  }
};

/** Members by the pattern of their names. Whether one pattern covers another cannot be told. */
export const comparePatternMembers = (
  before: Shape,
  after: Shape,
  scope: Scope,
  descend: Descend,
): boolean => {
  const was = new Map(entriesAt(before.keywords, 'patternProperties'));
  const is = new Map(entriesAt(after.keywords, 'patternProperties'));
  for (const [pattern, schema] of was) {
    if (is.has(pattern)) descend(schema, is.get(pattern), scope.at(`./${pattern}/`));
  }
  return [...was.keys()].sort().join('\n') === [...is.keys()].sort().join('\n');
};
