import type { Side } from '../comparison.ts';
import { mostNested, nameOfReference } from '../document.ts';
import { entriesAt, equal, isObject, listAt, own, textAt } from '../json.ts';
import { UnreadableDocument } from '../unreadable.ts';
import { describe } from './describe.ts';
import { isBare, type Shape, type Variants } from './shape.ts';

/** One alternative of a union. */
export interface Variant {
  readonly node: unknown;
  readonly reference: string | undefined;
  readonly label: string;
  /** The values of the member that tells it apart; none where nothing does. */
  readonly tags: readonly string[];
}

/** Alternatives that are told apart by the values of one member. */
export interface Tagged {
  readonly tag: string;
  readonly before: readonly Variant[];
  readonly after: readonly Variant[];
}

/** The alternatives of a schema; one that is no union is its own only one. */
export const variantsOf = (node: unknown, { variants }: Shape, { shapes }: Side): readonly Variant[] =>
  (variants?.list ?? [node]).map((option) => {
    const { reference } = shapes.peel(option);
    const label = reference === undefined ? describe(option) : nameOfReference(reference);
    return { node: option, reference, label, tags: [] };
  });

/** The member that tells the variants of both sides apart, if there is one, and its values. */
export const findTag = (
  before: readonly Variant[],
  after: readonly Variant[],
  [was, is]: readonly [Shape, Shape],
  [old, fresh]: readonly [Side, Side],
): Tagged | undefined => {
  const candidates = [was, is].flatMap(({ variants }) => {
    const name =
      variants?.discriminator === undefined ? undefined : textAt(variants.discriminator, 'propertyName');
    return name === undefined ? [] : [name];
  });
  const [first, side] = before[0] === undefined ? [after[0], fresh] : [before[0], old];
  const members =
    first === undefined ? [] : entriesAt(side.shapes.shapeOf(first.node).keywords, 'properties');
  for (const tag of new Set([...candidates, 'type', ...members.map(([name]) => name)])) {
    const tagged = {
      tag,
      before: withTags(before, tag, was.variants, old),
      after: withTags(after, tag, is.variants, fresh),
    };
    if (isTold(tagged.before) && isTold(tagged.after)) return tagged;
  }
  return undefined;
};

const isTold = (variants: readonly Variant[]): boolean => {
  const tags = variants.flatMap((variant) => variant.tags);
  return variants.every((variant) => variant.tags.length > 0) && new Set(tags).size === tags.length;
};

const withTags = (
  list: readonly Variant[],
  tag: string,
  variants: Variants | undefined,
  side: Side,
): readonly Variant[] => list.map((variant) => ({ ...variant, tags: tagsOf(variant, tag, variants, side) }));

const tagsOf = (
  { node, reference }: Variant,
  tag: string,
  variants: Variants | undefined,
  { shapes }: Side,
): readonly string[] => {
  const member = new Map(entriesAt(shapes.shapeOf(node).keywords, 'properties')).get(tag);
  const values = member === undefined ? undefined : listAt(shapes.shapeOf(member).keywords, 'enum');
  if (values !== undefined) return values.map(String);
  const discriminator = variants?.discriminator;
  if (reference === undefined || discriminator === undefined) return [];
  if (textAt(discriminator, 'propertyName') !== tag) return [];
  const mapped = entriesAt(discriminator, 'mapping').filter(
    ([, to]) => to === reference || to === nameOf(reference),
  );
  return mapped.length > 0 ? mapped.map(([value]) => value) : [nameOf(reference)];
};

const nameOf = (reference: string): string => nameOfReference(reference).split('/').at(-1) ?? reference;

/** The variants of both sides that are the same one, and those of either that are alone. */
export interface Pairs {
  readonly pairs: readonly (readonly [Variant, Variant])[];
  readonly gone: readonly Variant[];
  readonly fresh: readonly Variant[];
}

/** By name, else by being the same, else by being the only one of its type; the last two left are taken for one. */
export const pairUp = (
  before: readonly Variant[],
  after: readonly Variant[],
  [old, fresh]: readonly [Side, Side],
): Pairs => {
  const pairs: (readonly [Variant, Variant])[] = [];
  let left = before;
  let right = after;
  const match = (isOne: (one: Variant, other: Variant) => boolean) => {
    for (const one of left) {
      const other = right.find((candidate) => isOne(one, candidate));
      if (other === undefined) continue;
      pairs.push([one, other]);
      left = left.filter((variant) => variant !== one);
      right = right.filter((variant) => variant !== other);
    }
  };
  const typeIn = (side: Side, { node }: Variant) =>
    [...(side.shapes.shapeOf(node).types ?? [])].sort().join();
  match((one, other) => one.reference !== undefined && one.reference === other.reference);
  match((one, other) => equal(one.node, other.node));
  match((one, other) => {
    const type = typeIn(old, one);
    return (
      type === typeIn(fresh, other) &&
      left.filter((variant) => typeIn(old, variant) === type).length === 1 &&
      right.filter((variant) => typeIn(fresh, variant) === type).length === 1
    );
  });
  const [one, other] = [left[0], right[0]];
  if (one !== undefined && other !== undefined && left.length === 1 && right.length === 1) {
    return { pairs: [...pairs, [one, other]], gone: [], fresh: [] };
  }
  return { pairs, gone: left, fresh: right };
};

/** Unions among the variants are replaced by their own variants, so that a grouping alone changes nothing. */
export const flatten = (
  variants: readonly Variant[],
  side: Side,
  seen: readonly unknown[] = [],
): readonly Variant[] =>
  variants.flatMap((variant) => {
    const shape = side.shapes.shapeOf(variant.node);
    const { node } = side.shapes.peel(variant.node);
    if (seen.length > mostNested) throw new UnreadableDocument('A union is nested too deeply.');
    if (shape.variants === undefined || !isBare(shape) || seen.includes(node)) return [variant];
    return flatten(variantsOf(variant.node, shape, side), side, [...seen, node]);
  });

/** Types that a list names are alternatives as well. */
export const splitTypes = (variant: Variant): readonly Variant[] => {
  const { node } = variant;
  const type = isObject(node) ? own(node, 'type') : undefined;
  if (!isObject(node) || !Array.isArray(type)) return [variant];
  return type
    .filter((name) => name !== 'null')
    .map((name) => ({ ...variant, node: { ...node, type: name }, label: String(name) }));
};
