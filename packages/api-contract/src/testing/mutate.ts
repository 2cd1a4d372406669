import fc from 'fast-check';
import { z } from 'zod';
import { json, valid } from './arbitrary.ts';

/** Valid values of a schema with one thing changed: most are wrong, and only just. */
export const mutated = (schema: z.ZodTypeAny): fc.Arbitrary<unknown> => {
  const corner = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...cornersOf(schema), ...usualCorners) },
    { weight: 1, arbitrary: json },
  );
  const change = fc.record({ at: fc.nat(), how: fc.constantFrom(...changes), value: corner });
  return fc.tuple(valid(schema), change).map(([value, { at, how, value: other }]) => {
    const places = placesIn(value);
    return changedAt(value, places[at % places.length] ?? [], how, other);
  });
};

const usualCorners: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1,
  1.5,
  1e300,
  '',
  '0',
  '1',
  ' ',
  '\u0000',
  'a\u0000b',
  [],
  [[]],
  {},
];
const changes = ['replace', 'replace', 'remove', 'add', 'edit'] as const;
type Change = (typeof changes)[number];
type Path = readonly (string | number)[];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every place in a value, the whole first. */
const placesIn = (value: unknown, path: Path = []): Path[] => {
  const members: [string | number, unknown][] = Array.isArray(value)
    ? value.map((item: unknown, index) => [index, item])
    : isObject(value)
      ? Object.entries(value)
      : [];
  return [path, ...members.flatMap(([key, member]) => placesIn(member, [...path, key]))];
};

const changedAt = (value: unknown, [step, ...rest]: Path, how: Change, other: unknown): unknown => {
  if (step === undefined) return changed(value, how, other);
  if (Array.isArray(value)) {
    if (rest.length === 0 && how === 'remove') return value.filter((_, index) => index !== step);
    return value.map((item: unknown, index) => (index === step ? changedAt(item, rest, how, other) : item));
  }
  if (!isObject(value)) return value;
  const { [step]: member, ...others } = value;
  if (rest.length === 0 && how === 'remove') return others;
  return { ...value, [step]: changedAt(member, rest, how, other) };
};

const changed = (value: unknown, how: Change, other: unknown): unknown => {
  if (how === 'add' && Array.isArray(value)) return [...value, other];
  if (how === 'add' && isObject(value)) return { ...value, extra: other };
  if (how === 'edit' && typeof value === 'string')
    return `${value.slice(1)}${typeof other === 'string' ? other : 'x'}`;
  if (how === 'edit' && typeof value === 'number') return typeof other === 'number' ? value + other : -value;
  return other;
};

/** What lies just beyond the limits a schema sets, anywhere in it. */
const cornersOf = (schema: z.ZodTypeAny): unknown[] => {
  const corners = new Set<unknown>();
  for (const part of partsOf(schema)) for (const corner of beyond(part)) corners.add(corner);
  return [...corners];
};

const beyond = (part: z.ZodTypeAny): unknown[] => {
  if (part instanceof z.ZodNumber)
    return [(part.minValue ?? 0) - 1, (part.maxValue ?? 0) + 1, part.minValue ?? 0.5];
  if (part instanceof z.ZodEnum)
    return [part.options[0], `${part.options[0]}`.toUpperCase(), `${part.options[0]} `];
  if (part instanceof z.ZodString && part.maxLength !== null && part.maxLength <= 5000) {
    return [
      'x'.repeat(part.maxLength),
      'x'.repeat(part.maxLength + 1),
      '\u{1f600}'.repeat(Math.ceil((part.maxLength + 1) / 2)),
    ];
  }
  return [];
};

/** A schema and every schema in it. */
export const partsOf = (schema: z.ZodTypeAny, seen = new Set<z.ZodTypeAny>()): ReadonlySet<z.ZodTypeAny> => {
  if (seen.has(schema)) return seen;
  seen.add(schema);
  for (const part of directParts(schema)) partsOf(part, seen);
  return seen;
};

const directParts = (schema: z.ZodTypeAny): z.ZodTypeAny[] => {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return [schema.unwrap()];
  if (schema instanceof z.ZodDefault) return [schema.removeDefault()];
  if (schema instanceof z.ZodEffects) return [schema.innerType()];
  if (schema instanceof z.ZodPipeline) return [schema._def.in, schema._def.out];
  if (schema instanceof z.ZodObject) return Object.values(schema.shape);
  if (schema instanceof z.ZodArray) return [schema.element];
  if (schema instanceof z.ZodRecord) return [schema.keySchema, schema.valueSchema];
  if (schema instanceof z.ZodDiscriminatedUnion || schema instanceof z.ZodUnion) return [...schema.options];
  return [];
};
