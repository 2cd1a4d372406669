import type { Scope } from '../ledger.ts';
import { additive, breaking, everywhere, neutral, type Rule, received } from '../rule.ts';
import type { Shape } from './shape.ts';

export const typeRules = {
  changed: {
    id: 'type-changed',
    what: 'the type became another one',
    ...everywhere(
      breaking(
        'What was right on one side is now wrong on the other: add a member with the new type beside the old one.',
      ),
    ),
  },
  narrowed: {
    id: 'type-narrowed',
    what: 'a type is no longer allowed',
    request: breaking('Who sends it is refused from now on: go on accepting it.'),
    ...received(additive('Who was ready for it now never meets it.')),
  },
  widened: {
    id: 'type-widened',
    what: 'another type is allowed',
    request: additive('Clients may send more than before; none has to.'),
    ...received(
      breaking('Readers meet a type they were never told of: send it in a new member beside the old one.'),
    ),
  },
  implied: {
    id: 'type-implied',
    what: 'the type is only implied now, or is said where it was implied',
    ...everywhere(
      neutral(
        'People mean the same by both; a strict validator lets other types through where none is said.',
      ),
    ),
  },
  nullForbidden: {
    id: 'null-forbidden',
    what: 'null is no longer allowed',
    request: breaking('Who sends null is refused from now on: go on accepting it.'),
    ...received(additive('Who was ready for null now never meets it.')),
  },
  nullAllowed: {
    id: 'null-allowed',
    what: 'null is allowed',
    request: additive('Clients may send null; none has to.'),
    ...received(
      breaking('Readers that use the value as it is fail at the first null: leave the type as it was.'),
    ),
  },
} satisfies Record<string, Rule>;

/** Says what differs; false when the two have so little in common that no more is to be said. */
export const compareTypes = (before: Shape, after: Shape, scope: Scope): boolean => {
  const gone = missing(before.types, after.types);
  const fresh = missing(after.types, before.types);
  const was = show(before);
  const is = show(after);
  if (gone && fresh) scope.report(typeRules.changed, was, is);
  else if (gone) scope.report(typeRules.narrowed, was, is);
  else if (fresh) scope.report(typeRules.widened, was, is);
  else if (before.isImplied !== after.isImplied && before.types !== undefined && after.types !== undefined) {
    scope.report(typeRules.implied, before.isImplied ? 'implied' : was, after.isImplied ? 'implied' : is);
  }
  return !(gone && fresh);
};

/** Null apart, as it is allowed beside any type. What allows anything allows null. */
export const compareNull = (before: Shape, after: Shape, scope: Scope): void => {
  if (before.isNullable === after.isNullable || isAny(before) || isAny(after)) return;
  const rule = after.isNullable ? typeRules.nullAllowed : typeRules.nullForbidden;
  scope.report(rule, show(before), show(after));
};

const isAny = ({ types, variants }: Shape): boolean => types === undefined && variants === undefined;

/** Whether some type of the one is not among those of the other. Any type covers all; a number covers whole ones. */
const missing = (one: Shape['types'], other: Shape['types']): boolean => {
  if (other === undefined) return false;
  if (one === undefined) return true;
  return [...one].some((type) => !other.has(type) && !(type === 'integer' && other.has('number')));
};

const show = ({ types, variants, isNullable }: Shape): string => {
  if (variants !== undefined) return isNullable ? 'may be null' : 'never null';
  if (types === undefined) return 'anything';
  if (types.size === 0) return 'nothing at all';
  return [...types, ...(isNullable ? ['null'] : [])].join(' | ');
};
