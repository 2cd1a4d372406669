import type { Comparison } from '../comparison.ts';
import { entriesAt, textAt } from '../json.ts';
import type { Scope } from '../ledger.ts';
import { additive, breaking, everywhere, neutral, type Rule, received } from '../rule.ts';
import { compareRest, wordRules } from '../words.ts';
import type { Shape, Variants } from './shape.ts';
import {
  findTag,
  flatten,
  type Pairs,
  pairUp,
  splitTypes,
  type Tagged,
  type Variant,
  variantsOf,
} from './variants.ts';

export const unionRules = {
  variantRemoved: {
    id: 'variant-removed',
    what: 'a variant was removed',
    request: breaking('Who sends it is refused from now on: go on accepting it.'),
    ...received(additive('Who was ready for it now never meets it.')),
  },
  variantAdded: {
    id: 'variant-added',
    what: 'a variant was added',
    request: additive('Clients may send it; none has to.'),
    ...received(
      breaking(
        'Readers tell the known variants apart and meet one they were never told of: send it in a new member.',
      ),
    ),
  },
  eventRemoved: {
    id: 'event-type-removed',
    what: 'a type of event was removed',
    event: breaking('Subscribers that wait for it wait for ever: go on sending it, beside its successor.'),
  },
  eventAdded: {
    id: 'event-type-added',
    what: 'a type of event was added',
    event: additive('Readers of a stream let events of types they do not know pass.'),
  },
  introduced: {
    id: 'union-introduced',
    what: 'it must be one of several variants as well',
    request: breaking('What fits none of them is refused from now on: go on accepting it.'),
    ...received(additive('All that readers meet was allowed before.')),
  },
  lifted: {
    id: 'union-lifted',
    what: 'it need not be one of several variants any more',
    request: additive('Clients may send more than before; none has to.'),
    ...received(breaking('Readers meet what is none of the variants they know: keep them.')),
  },
  exclusive: {
    id: 'union-made-exclusive',
    what: 'only one variant may fit (`anyOf` became `oneOf`)',
    request: breaking('What fits two variants is refused from now on: keep `anyOf`.'),
    ...received(additive('All that readers meet was allowed before.')),
  },
  inclusive: {
    id: 'union-made-inclusive',
    what: 'several variants may fit (`oneOf` became `anyOf`)',
    request: additive('Clients may send more than before; none has to.'),
    ...received(
      breaking('Readers that stop at the first variant that fits may miss the others: keep `oneOf`.'),
    ),
  },
  kindChanged: {
    id: 'union-kind-changed',
    what: '`oneOf` and `anyOf` changed places',
    ...everywhere(neutral('A member tells the variants apart, so both say the same.')),
  },
  discriminatorChanged: {
    id: 'discriminator-changed',
    what: 'variants are told apart by another member, or by none',
    ...everywhere(
      breaking('Generated clients look at a member that no longer says it: keep the discriminator.'),
    ),
  },
  discriminatorAdded: {
    id: 'discriminator-added',
    what: 'a member is named that tells the variants apart',
    ...everywhere(neutral('Nothing that travels differs; generated clients find the variant sooner.')),
  },
} satisfies Record<string, Rule>;

/** Goes on into two variants; their tag, if they have one, is compared already. */
type DescendVariant = (before: unknown, after: unknown, scope: Scope, tag: string | undefined) => void;

interface Union {
  readonly node: unknown;
  readonly shape: Shape;
}

/** `isEvents` says that this is the union of all events of a stream, which readers know to be open. */
export const compareUnions = (
  before: Union,
  after: Union,
  comparison: Comparison,
  scope: Scope,
  isEvents: boolean,
  descend: DescendVariant,
): void => {
  const sides = [comparison.before, comparison.after] as const;
  const shapes = [before.shape, after.shape] as const;
  const isBoth = before.shape.variants !== undefined && after.shape.variants !== undefined;
  const list = ({ node, shape }: Union, side: (typeof sides)[number]) => {
    const variants = variantsOf(node, shape, side);
    return isBoth ? variants : variants.flatMap(splitTypes);
  };
  const was = list(before, sides[0]);
  const is = list(after, sides[1]);
  const tagged = findTag(was, is, shapes, sides);
  const { pairs, gone, fresh } = tagged === undefined ? pairDeep(was, is, sides) : pairByTag(tagged);
  const named = (variant: Variant) => scope.at(` (${variant.label})`);
  const removed = isEvents ? unionRules.eventRemoved : unionRules.variantRemoved;
  const added = isEvents ? unionRules.eventAdded : unionRules.variantAdded;
  for (const variant of gone) named(variant).report(removed, variant.label, null);
  for (const variant of fresh) named(variant).report(added, null, variant.label);
  for (const [old, other] of pairs) descend(old.node, other.node, named(other), tagged?.tag);
  if (before.shape.variants !== undefined && after.shape.variants !== undefined) {
    compareKinds(before.shape.variants, after.shape.variants, scope, tagged !== undefined);
    const told = new Set([...gone, ...fresh].map(({ label }) => label));
    compareDiscriminators(before.shape.variants, after.shape.variants, scope, told);
  }
};

/** Looks into unions of unions only where the outer ones leave something unpaired on both sides. */
const pairDeep: typeof pairUp = (before, after, sides) => {
  const pairs = pairUp(before, after, sides);
  if (pairs.gone.length === 0 || pairs.fresh.length === 0) return pairs;
  const deep = pairUp(flatten(pairs.gone, sides[0]), flatten(pairs.fresh, sides[1]), sides);
  return { ...deep, pairs: [...pairs.pairs, ...deep.pairs] };
};

const pairByTag = ({ before, after }: Tagged): Pairs => {
  const pairs: (readonly [Variant, Variant])[] = [];
  for (const one of before) {
    for (const other of after) {
      if (one.tags.some((tag) => other.tags.includes(tag))) pairs.push([one, other]);
    }
  }
  return { pairs, gone: alone(before, after), fresh: alone(after, before) };
};

/** The values that only the first side has, each as a variant of its own. */
const alone = (ones: readonly Variant[], others: readonly Variant[]): readonly Variant[] => {
  const known = new Set(others.flatMap(({ tags }) => tags));
  return ones.flatMap((variant) =>
    variant.tags.filter((tag) => !known.has(tag)).map((tag) => ({ ...variant, label: tag })),
  );
};

const compareKinds = (before: Variants, after: Variants, scope: Scope, isTagged: boolean): void => {
  if (before.kind === after.kind) return;
  const rule = after.kind === 'oneOf' ? unionRules.exclusive : unionRules.inclusive;
  scope.report(isTagged ? unionRules.kindChanged : rule, before.kind, after.kind);
};

const compareDiscriminators = (
  before: Variants,
  after: Variants,
  scope: Scope,
  told: ReadonlySet<string>,
): void => {
  const was = before.discriminator && textAt(before.discriminator, 'propertyName');
  const is = after.discriminator && textAt(after.discriminator, 'propertyName');
  if (was !== is) {
    const rule = was === undefined ? unionRules.discriminatorAdded : unionRules.discriminatorChanged;
    scope.report(rule, was ?? null, is ?? null);
    return;
  }
  const old = new Map(entriesAt(before.discriminator ?? {}, 'mapping'));
  const fresh = new Map(entriesAt(after.discriminator ?? {}, 'mapping'));
  for (const value of new Set([...old.keys(), ...fresh.keys()])) {
    if (told.has(value) || old.get(value) === fresh.get(value)) continue;
    const show = (mapping: ReadonlyMap<string, unknown>) =>
      mapping.has(value) ? `mapped to ${String(mapping.get(value))}` : 'not mapped';
    scope.at(` (${value})`).report(wordRules.words, show(old), show(fresh));
  }
  compareRest(
    before.discriminator ?? {},
    after.discriminator ?? {},
    { compared: new Set(['propertyName', 'mapping']), words: new Set() },
    scope,
  );
};
