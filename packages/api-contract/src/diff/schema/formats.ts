import { textAt } from '../json.ts';
import type { Scope } from '../ledger.ts';
import { additive, breaking, everywhere, type Rule, received } from '../rule.ts';
import type { Shape } from './shape.ts';

export const formatRules = {
  changed: {
    id: 'format-changed',
    what: 'the format became another one',
    ...everywhere(breaking('Both sides read the same text differently: add a member with the new format.')),
  },
  added: {
    id: 'format-added',
    what: 'a format must be kept',
    request: breaking('What does not have it is refused from now on: go on accepting it.'),
    ...received(additive('All that readers meet was allowed before.')),
  },
  removed: {
    id: 'format-removed',
    what: 'no format must be kept any more',
    request: additive('Clients may send more than before; none has to.'),
    ...received(breaking('Readers that parse by the format meet what they cannot parse: keep it.')),
  },
  widened: {
    id: 'format-widened',
    what: 'the format takes a greater range',
    request: additive('Clients may send more than before; none has to.'),
    ...received(breaking('Readers that keep the value in the smaller type overflow: keep the range.')),
  },
  narrowed: {
    id: 'format-narrowed',
    what: 'the format takes a smaller range',
    request: breaking('What does not fit is refused from now on: go on accepting it.'),
    ...received(additive('All that readers meet fits what they know.')),
  },
} satisfies Record<string, Rule>;

export const formatKeywords: readonly string[] = ['format', 'contentEncoding', 'contentMediaType'];

/** The one fits into the other. */
const fits: Readonly<Record<string, string>> = { int32: 'int64', float: 'double' };

export const compareFormats = (before: Shape, after: Shape, scope: Scope): void => {
  for (const name of formatKeywords) {
    const was = textAt(before.keywords, name);
    const is = textAt(after.keywords, name);
    if (was !== is) scope.report(ruleFor(was, is), was ?? null, is ?? null);
  }
};

const ruleFor = (was: string | undefined, is: string | undefined): Rule => {
  if (was === undefined) return formatRules.added;
  if (is === undefined) return formatRules.removed;
  if (fits[was] === is) return formatRules.widened;
  return fits[is] === was ? formatRules.narrowed : formatRules.changed;
};
