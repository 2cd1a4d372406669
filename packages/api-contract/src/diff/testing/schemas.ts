import fc from 'fast-check';
import type { JsonObject } from '../json.ts';

const small = fc.integer({ min: 0, max: 4 });
const letter = fc.constantFrom('a', 'b', 'c');

const some = (members: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<JsonObject> =>
  fc.record(members, { requiredKeys: [] });

const strings = some({
  minLength: small,
  maxLength: small,
  pattern: fc.constantFrom('^a', 'b$', '^[ab]*$'),
}).map((bounds) => ({ type: 'string', ...bounds }));

const numbers = fc
  .tuple(
    fc.constantFrom('integer', 'number'),
    some({
      minimum: small,
      maximum: small,
      exclusiveMinimum: small,
      exclusiveMaximum: small,
      multipleOf: fc.constantFrom(1, 2, 3, 4, 0.5),
    }),
  )
  .map(([type, bounds]) => ({ type, ...bounds }));

const enums = fc
  .uniqueArray(fc.constantFrom<unknown>('a', 'b', 'c', 1, 2), { minLength: 1 })
  .map((list) => ({ enum: list }));

const others = fc.constantFrom<unknown>(
  { type: 'boolean' },
  { const: 'a' },
  { const: 1 },
  { type: ['string', 'integer'] },
  { type: ['string', 'null'] },
  {},
  true,
);

/** What stands in one place before and after. */
type Change = readonly [before: unknown, after: unknown];

/**
 * Small schemas before and after a change; most of it stays alike. `isClosed` makes objects say what else they hold, as a
 * client only sends what is described.
 */
export const changes = (isClosed: boolean): fc.Arbitrary<Change> => {
  const rest = isClosed ? fc.oneof(fc.constant(false), strings, numbers) : fc.constant(true);
  const limits = fc
    .tuple(
      some({
        required: fc.uniqueArray(letter, { maxLength: 2 }),
        minProperties: fc.integer({ min: 0, max: 2 }),
        maxProperties: fc.integer({ min: 0, max: 3 }),
      }),
      rest,
    )
    .map(([more, additionalProperties]) => ({ type: 'object', additionalProperties, ...more }));
  const bounds = some({ minItems: small, maxItems: small, uniqueItems: fc.boolean() });
  const two = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.tuple(arbitrary, arbitrary);

  const tied = fc.letrec<Record<'change' | 'object' | 'array' | 'any' | 'one' | 'all', Change>>((tie) => {
    const list = fc.array(fc.tuple(tie('change'), fc.constantFrom('both', 'before', 'after')), {
      minLength: 1,
      maxLength: 3,
    });
    /** The changed and the shared ones, some of them on one side only; at least one on each. */
    const sides = list.map((items) => {
      const on = (side: 'before' | 'after', at: 0 | 1) => {
        const kept = items
          .filter(([, where]) => where === 'both' || where === side)
          .map(([change]) => change[at]);
        return kept.length > 0 ? kept : [items[0]?.[0][at]];
      };
      return [on('before', 0), on('after', 1)] as const;
    });
    const leaf = fc.oneof(
      two(strings),
      two(numbers),
      two(enums),
      two(others),
      two(fc.oneof(strings, numbers, enums, others)),
    );
    return {
      change: fc.oneof(
        { depthSize: 'small', maxDepth: 3 },
        leaf,
        leaf.map(([before]) => [before, before] as const),
        tie('object'),
        tie('array'),
        tie('any'),
        tie('one'),
        tie('all'),
        fc.tuple(leaf, tie('any')).map(([[before], [, after]]) => [before, after] as const),
        fc.tuple(tie('any'), leaf).map(([[before], [, after]]) => [before, after] as const),
      ),
      object: fc
        .tuple(
          two(limits),
          fc.dictionary(letter, tie('change'), { maxKeys: 3, noNullPrototype: true }),
          fc.subarray(['a', 'b']),
        )
        .map(([[before, after], members, gone]) => {
          const at = (side: 0 | 1, without: readonly string[]) =>
            Object.fromEntries(
              Object.entries(members)
                .filter(([name]) => !without.includes(name))
                .map(([name, change]) => [name, change[side]]),
            );
          return [
            { ...before, properties: at(0, []) },
            { ...after, properties: at(1, gone) },
          ];
        }),
      array: fc.tuple(two(bounds), tie('change')).map(([[before, after], [was, is]]) => [
        { type: 'array', items: was, ...before },
        { type: 'array', items: is, ...after },
      ]),
      any: sides.map(([before, after]) => [{ anyOf: before }, { anyOf: after }]),
      // Variants of `oneOf` exclude each other, as everybody means it.
      one: fc
        .tuple(
          fc.tuple(two(strings), two(numbers), tie('object'), tie('array')),
          two(fc.subarray([0, 1, 2, 3], { minLength: 1 })),
        )
        .map(([variants, [before, after]]) => [
          { oneOf: before.map((index) => variants[index]?.[0]) },
          { oneOf: after.map((index) => variants[index]?.[1]) },
        ]),
      all: sides.map(([before, after]) => [{ allOf: before }, { allOf: after }]),
    };
  });
  return tied.change;
};

/** Values such schemas may hold. */
export const values: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    fc.constantFrom<unknown>('', 'a', 'b', 'ab', 'abc', 'ba', 'cccc', 0, 1, 2, 3, 4, 1.5, 0.5, null, true),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(letter, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;
