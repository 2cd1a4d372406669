import { equal, listAt, own } from '../json.ts';
import type { Scope } from '../ledger.ts';
import { additive, breaking, everywhere, neutral, type Rule, received } from '../rule.ts';
import { showValues } from './describe.ts';
import type { Shape } from './shape.ts';

export const enumRules = {
  valueRemoved: {
    id: 'enum-value-removed',
    what: 'a value was taken from the list',
    request: breaking('Who sends it is refused from now on: go on accepting it, as an alias if need be.'),
    ...received(additive('Who was ready for it now never meets it.')),
  },
  valueAdded: {
    id: 'enum-value-added',
    what: 'a value was added to the list',
    request: additive('Clients may send it; none has to.'),
    ...received(
      breaking(
        'Readers were told the list is whole: a switch without a default and a generated enum fail at the new value. Open the list first (`x-extensible-enum`), or send the value only to who asks for it.',
      ),
    ),
  },
  openValueAdded: {
    id: 'open-enum-value-added',
    what: 'a value was added to an open list',
    ...everywhere(
      additive('The list says that it may grow (`x-extensible-enum`), so readers have a default.'),
    ),
  },
  introduced: {
    id: 'enum-introduced',
    what: 'only listed values are allowed',
    request: breaking('Who sends another value is refused from now on: go on accepting any.'),
    ...received(additive('What readers meet is now known in full.')),
  },
  lifted: {
    id: 'enum-lifted',
    what: 'values need not be listed any more',
    request: additive('Clients may send other values; none has to.'),
    ...received(
      breaking('Readers meet values they were never told of: keep the list, or open a new member.'),
    ),
  },
  opened: {
    id: 'enum-opened',
    what: 'the list was opened (`x-extensible-enum`)',
    request: additive('Clients may send other values; none has to.'),
    ...received(
      breaking(
        'A promise is taken back: readers that count on the whole list need a default before the first new value. Announce it, and add values in a later release.',
      ),
    ),
  },
  listed: {
    id: 'open-enum-listed',
    what: 'the known values of an open list are told, or no longer',
    ...everywhere(neutral('Other values were and are allowed, so nothing that travels differs.')),
  },
  closed: {
    id: 'enum-closed',
    what: 'the list was closed',
    request: breaking('Who sends a value that is not listed is refused from now on.'),
    ...received(additive('Readers are promised that no other values come.')),
  },
} satisfies Record<string, Rule>;

interface Values {
  readonly list: readonly unknown[];
  readonly isOpen: boolean;
}

/** `areTold` says that the values of both were compared as those of variants. */
export const compareEnums = (before: Shape, after: Shape, scope: Scope, areTold: boolean): void => {
  const was = valuesOf(before);
  const is = valuesOf(after);
  if (was !== undefined && is !== undefined) compareLists(was, is, scope, areTold);
  else if (is !== undefined) {
    scope.report(is.isOpen ? enumRules.listed : enumRules.introduced, null, showValues(is.list));
  } else if (was !== undefined) {
    scope.report(was.isOpen ? enumRules.listed : enumRules.lifted, showValues(was.list), null);
  }
};

const compareLists = (was: Values, is: Values, scope: Scope, areTold: boolean): void => {
  const gone = was.list.filter((value) => !is.list.some((other) => equal(value, other)));
  const fresh = is.list.filter((value) => !was.list.some((other) => equal(value, other)));
  if (gone.length > 0 && !areTold) scope.report(enumRules.valueRemoved, showValues(gone), null);
  if (fresh.length > 0 && !areTold) {
    scope.report(was.isOpen ? enumRules.openValueAdded : enumRules.valueAdded, null, showValues(fresh));
  }
  if (!was.isOpen && is.isOpen) scope.report(enumRules.opened, 'closed', 'open');
  if (was.isOpen && !is.isOpen) scope.report(enumRules.closed, 'open', 'closed');
};

/** Null is told by the type. `x-extensible-enum` is the list itself, or says of the `enum` beside it that it may grow. */
const valuesOf = ({ keywords }: Shape): Values | undefined => {
  const extensible = own(keywords, 'x-extensible-enum');
  const listed: readonly unknown[] | undefined = Array.isArray(extensible)
    ? extensible
    : listAt(keywords, 'enum');
  if (listed === undefined) return undefined;
  const isOpen = Array.isArray(extensible) || extensible === true;
  return { list: listed.filter((value) => value !== null), isOpen };
};
