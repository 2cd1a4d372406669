import type { Comparison, Side } from '../comparison.ts';
import { mostNested, nameOfReference } from '../document.ts';
import type { Scope } from '../ledger.ts';
import { everywhere, neutral, type Rule } from '../rule.ts';
import { UnreadableDocument, within } from '../unreadable.ts';
import { compareRest } from '../words.ts';
import { boundKeywords, compareBounds } from './bounds.ts';
import { compareDefaults } from './defaults.ts';
import { compareEnums } from './enums.ts';
import { compareFormats, formatKeywords } from './formats.ts';
import { compareItems, comparePatternMembers, itemKeywords } from './items.ts';
import { compareMembers, memberKeywords } from './members.ts';
import { isBare, type Peeled, type Shape, structureOf, words } from './shape.ts';
import { compareNull, compareTypes, typeRules } from './types.ts';
import { compareUnions, unionRules } from './unions.ts';

export const componentRules = {
  renamed: {
    id: 'component-renamed',
    what: 'the component has another name',
    ...everywhere(neutral('Nothing that travels differs; generated clients have another name for the type.')),
  },
} satisfies Record<string, Rule>;

/** How the place of two schemas bears on them. */
interface Place {
  /** The union of all events of a stream, or one of its variants. */
  readonly isEvents?: boolean;
  /** The member by which variants were told apart. */
  readonly tag?: string | undefined;
  /** Whether it is that member, whose values are compared already. */
  readonly isTag?: boolean;
  /** Whether null is weighed already, for the union that this is a variant of. */
  readonly isNullTold?: boolean;
}

/** Compares two schemas where they are used. What both refer to by one name is compared once, under that name. */
export const compareSchemas = (
  before: unknown,
  after: unknown,
  comparison: Comparison,
  scope: Scope,
  place: Place = {},
): void => {
  const was = comparison.before.shapes.peel(before);
  const is = comparison.after.shapes.peel(after);
  if (was.reference !== undefined && is.reference !== undefined) {
    const isRenamed = was.reference !== is.reference;
    if (!isRenamed || isRename(was.reference, is.reference, comparison)) {
      comparePeeled(was, is, scope, place);
      const name = nameOfReference(is.reference);
      const component = scope.component(name, directionOf(was, is, comparison, scope));
      if (isRenamed) component.report(componentRules.renamed, nameOfReference(was.reference), name);
      const isEvents = component.direction === 'event' && isEventWord(was, is, comparison);
      if (!component.isFirst(`component ${place.tag} ${place.isTag} ${place.isNullTold}`)) return;
      comparison.later(() =>
        within(name, () => compareSchemas(was.node, is.node, comparison, component, { ...place, isEvents })),
      );
      return;
    }
  }
  compareNodes(before, after, comparison, scope, place);
};

/** Only a name that is gone can have become a name that is new; else the schema refers to something else now. */
const isRename = (was: string, is: string, { before, after }: Comparison): boolean =>
  !exists(after, was) && !exists(before, is);

const exists = ({ document }: Side, reference: string): boolean => {
  try {
    document.resolve(reference);
    return true;
  } catch {
    return false;
  }
};

const isEventWord = (was: Peeled, is: Peeled, { before, after }: Comparison): boolean =>
  before.eventWords.has(was.reference ?? '') || after.eventWords.has(is.reference ?? '');

/** An event is one wherever it is received, in a page of history as in a stream. */
const directionOf = (was: Peeled, is: Peeled, comparison: Comparison, { direction }: Scope) =>
  direction === 'response' && isEventWord(was, is, comparison) ? 'event' : direction;

/** What stands around two references to one component. */
const comparePeeled = (was: Peeled, is: Peeled, scope: Scope, { isNullTold = false }: Place): void => {
  if (was.isNullable !== is.isNullable && !isNullTold) {
    if (is.isNullable) scope.report(typeRules.nullAllowed, 'never null', 'may be null');
    else scope.report(typeRules.nullForbidden, 'may be null', 'never null');
  }
  compareRest(was.words, is.words, { compared: new Set(), words }, scope);
};

const compareNodes = (
  before: unknown,
  after: unknown,
  comparison: Comparison,
  scope: Scope,
  place: Place,
): void => {
  const was = seen(before, comparison.before);
  const is = seen(after, comparison.after);
  const meeting = [scope.direction, was.number, is.number, place.tag, place.isTag, place.isNullTold].join(
    ' ',
  );
  // Recursion ends where the two have met already.
  if (scope.isFirst(meeting)) compareShapes(was, is, comparison, scope, place);
};

interface Seen {
  readonly node: unknown;
  readonly shape: Shape;
  readonly number: number;
}

const seen = (node: unknown, side: Side): Seen => ({
  node,
  shape: { ...side.shapes.shapeOf(node), isNullable: allowsNull(node, side, []) },
  number: side.shapes.numberOf(node),
});

/** Itself, or by one of its variants. */
const allowsNull = (node: unknown, side: Side, above: readonly unknown[]): boolean => {
  const { isNullable, variants } = side.shapes.shapeOf(node);
  if (isNullable || side.shapes.peel(node).isNullable) return true;
  const deeper = [...above, node];
  if (deeper.length > mostNested) throw new UnreadableDocument('A union is nested too deeply.');
  return (variants?.list ?? []).some(
    (variant) => !deeper.includes(variant) && allowsNull(variant, side, deeper),
  );
};

const compareShapes = (
  before: Seen,
  after: Seen,
  comparison: Comparison,
  scope: Scope,
  { isEvents = false, tag, isTag = false, isNullTold = false }: Place,
): void => {
  const [was, is] = [before.shape, after.shape];
  const way = unionsOf(was, is);
  if (way === 'introduced') scope.report(unionRules.introduced, null, 'one of several variants');
  if (way === 'lifted') scope.report(unionRules.lifted, 'one of several variants', null);
  if (way === 'both' || way === 'alternatives') {
    compareUnions(before, after, comparison, scope, isEvents, (one, other, at, by) =>
      compareSchemas(one, other, comparison, at, { isEvents, tag: by, isNullTold: true }),
    );
  }
  if (!isNullTold) compareNull(was, is, scope);
  if (way === 'alternatives') {
    // The one is a variant of the other: all but its words is compared there.
    compareRest(
      was.keywords,
      is.keywords,
      { compared: new Set([...compared, ...structureOf(was), ...structureOf(is)]), words },
      scope,
    );
    return;
  }
  if (compareTypes(was, is, scope)) compareInside(was, is, comparison, scope, { tag, isTag });
};

const compareInside = (
  was: Shape,
  is: Shape,
  comparison: Comparison,
  scope: Scope,
  { tag, isTag = false }: Place,
): void => {
  const descend = (one: unknown, other: unknown, at: Scope, isTheTag = false) =>
    compareSchemas(one, other, comparison, at, { isTag: isTheTag });
  compareEnums(was, is, scope, isTag);
  compareFormats(was, is, scope);
  compareBounds(was, is, scope);
  compareMembers(was, is, scope, descend, tag);
  compareItems(was, is, scope, descend);
  const areJudged = comparePatternMembers(was, is, scope, descend);
  compareDefaults(was, is, scope);
  const known = areJudged ? new Set([...compared, 'patternProperties']) : compared;
  compareRest(was.keywords, is.keywords, { compared: known, words }, scope);
};

/** What the families of rules look at. */
const compared: ReadonlySet<string> = new Set([
  'enum',
  'x-extensible-enum',
  'default',
  ...formatKeywords,
  ...boundKeywords,
  ...memberKeywords,
  ...itemKeywords,
]);

type Unions = 'none' | 'both' | 'alternatives' | 'introduced' | 'lifted';

/** What is no union is the only variant of one, unless it allows anything or the union says more than its variants. */
const unionsOf = (was: Shape, is: Shape): Unions => {
  if (was.variants !== undefined && is.variants !== undefined) return 'both';
  if (was.variants === undefined && is.variants === undefined) return 'none';
  const [union, other] = was.variants === undefined ? [is, was] : [was, is];
  const isAnything = other.types === undefined;
  if (!isAnything && isBare(union)) return 'alternatives';
  return was.variants === undefined ? 'introduced' : 'lifted';
};
