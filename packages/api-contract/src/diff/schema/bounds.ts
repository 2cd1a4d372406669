import { flagAt, numberAt, textAt } from '../json.ts';
import type { Scope } from '../ledger.ts';
import { additive, breaking, everywhere, type Rule, received } from '../rule.ts';
import type { Shape } from './shape.ts';

export const boundRules = {
  tightened: {
    id: 'bound-tightened',
    what: 'a bound became tighter',
    request: breaking('What was allowed is refused from now on: go on accepting it.'),
    ...received(additive('All that readers meet is within the bound they know.')),
  },
  loosened: {
    id: 'bound-loosened',
    what: 'a bound became looser or went away',
    request: additive('Clients may send more than before; none has to.'),
    ...received(
      breaking(
        'Readers that made room for the bound (a column, a buffer, a check) meet what does not fit: keep it.',
      ),
    ),
  },
  changed: {
    id: 'bound-changed',
    what: 'a bound became another one',
    ...everywhere(breaking('What was right before is wrong now: keep the old values allowed.')),
  },
  patternAdded: {
    id: 'pattern-added',
    what: 'a pattern must be matched',
    request: breaking('What does not match is refused from now on: go on accepting it.'),
    ...received(additive('All that readers meet was allowed before.')),
  },
  patternRemoved: {
    id: 'pattern-removed',
    what: 'no pattern must be matched any more',
    request: additive('Clients may send more than before; none has to.'),
    ...received(
      breaking('Readers that take the text apart by its pattern meet what does not match: keep it.'),
    ),
  },
  patternChanged: {
    id: 'pattern-changed',
    what: 'another pattern must be matched',
    ...everywhere(
      breaking(
        'No tool can tell whether the new pattern allows all that the old one did: if it does, say so in a changeset.',
      ),
    ),
  },
} satisfies Record<string, Rule>;

const lower = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'] as const;
const upper = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'] as const;

export const boundKeywords: readonly string[] = [...lower, ...upper, 'multipleOf', 'uniqueItems', 'pattern'];

export const compareBounds = (before: Shape, after: Shape, scope: Scope): void => {
  for (const name of lower) compareBound(name, before, after, scope, (was, is) => is > was);
  for (const name of upper) compareBound(name, before, after, scope, (was, is) => is < was);
  compareMultiples(before, after, scope);
  compareUnique(before, after, scope);
  comparePatterns(before, after, scope);
};

type IsTighter = (was: number, is: number) => boolean;

const compareBound = (
  name: string,
  before: Shape,
  after: Shape,
  scope: Scope,
  isTighter: IsTighter,
): void => {
  // At least none is no bound.
  const read = ({ keywords }: Shape) => {
    const value = numberAt(keywords, name);
    return value === 0 && /^min(?:Length|Items|Properties)$/.test(name) ? undefined : value;
  };
  const was = read(before);
  const is = read(after);
  if (was === is) return;
  const isTightened = was === undefined || (is !== undefined && isTighter(was, is));
  scope.report(isTightened ? boundRules.tightened : boundRules.loosened, show(name, was), show(name, is));
};

const compareMultiples = (before: Shape, after: Shape, scope: Scope): void => {
  const was = numberAt(before.keywords, 'multipleOf');
  const is = numberAt(after.keywords, 'multipleOf');
  if (was === is) return;
  const isTightened = was === undefined || (is !== undefined && isMultiple(is, was));
  const isLoosened = is === undefined || (was !== undefined && isMultiple(was, is));
  const rule = isTightened ? boundRules.tightened : isLoosened ? boundRules.loosened : boundRules.changed;
  scope.report(rule, show('multipleOf', was), show('multipleOf', is));
};

/** Of fractions too: 0.3 is three times 0.1, whatever floating point says. */
const isMultiple = (value: number, of: number): boolean => {
  const times = value / of;
  return Math.abs(times - Math.round(times)) < 1e-9;
};

const compareUnique = (before: Shape, after: Shape, scope: Scope): void => {
  const was = flagAt(before.keywords, 'uniqueItems');
  const is = flagAt(after.keywords, 'uniqueItems');
  if (!was && is) scope.report(boundRules.tightened, null, 'uniqueItems');
  if (was && !is) scope.report(boundRules.loosened, 'uniqueItems', null);
};

const comparePatterns = (before: Shape, after: Shape, scope: Scope): void => {
  const was = textAt(before.keywords, 'pattern');
  const is = textAt(after.keywords, 'pattern');
  if (was === is) return;
  if (was === undefined) scope.report(boundRules.patternAdded, null, is ?? null);
  else if (is === undefined) scope.report(boundRules.patternRemoved, was, null);
  else scope.report(boundRules.patternChanged, was, is);
};

const show = (name: string, value: number | undefined): string | null =>
  value === undefined ? null : `${name} ${value}`;
