import fc from 'fast-check';
import { z } from 'zod';
import { RepoUrl } from '../schemas/index.ts';
import { textFor } from './arbitrary-text.ts';

const known = new Map<z.ZodTypeAny, fc.Arbitrary<unknown>>([
  [
    RepoUrl,
    fc
      .tuple(
        fc.constantFrom('/', '/srv/', 'C:\\', 'file:///', 'https://', 'ssh://git@', 'git@host:'),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
      )
      .map((parts) => parts.join(''))
      .filter((url) => RepoUrl.safeParse(url).success),
  ],
]);

/** Random JSON values that a schema accepts, made from the schema itself. */
export const valid = (schema: z.ZodTypeAny): fc.Arbitrary<unknown> => {
  const found = known.get(schema) ?? make(schema);
  known.set(schema, found);
  return found;
};

const make = (schema: z.ZodTypeAny): fc.Arbitrary<unknown> => {
  if (schema instanceof z.ZodOptional) return valid(schema.unwrap());
  if (schema instanceof z.ZodNullable) return fc.option(valid(schema.unwrap()), { nil: null });
  if (schema instanceof z.ZodDefault) return valid(schema.removeDefault());
  if (schema instanceof z.ZodEffects) return acceptedBy(schema, valid(schema.innerType()));
  if (schema instanceof z.ZodPipeline) return acceptedBy(schema, rawOf(valid(schema._def.out)));
  if (schema instanceof z.ZodObject) return objectFor(schema);
  if (schema instanceof z.ZodArray) return arrayFor(schema);
  if (schema instanceof z.ZodRecord) return recordFor(schema);
  if (schema instanceof z.ZodDiscriminatedUnion || schema instanceof z.ZodUnion) {
    const options: z.ZodTypeAny[] = [...schema.options];
    return fc.oneof(...options.map(valid));
  }
  if (schema instanceof z.ZodString) return acceptedBy(schema, textFor(schema));
  if (schema instanceof z.ZodNumber) return numberFor(schema);
  if (schema instanceof z.ZodBoolean) return fc.boolean();
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...schema.options);
  if (schema instanceof z.ZodLiteral) return fc.constant(schema.value);
  if (schema instanceof z.ZodUnknown) return json;
  throw new Error(`no random values for ${schema.constructor.name}`);
};

const acceptedBy = (schema: z.ZodTypeAny, values: fc.Arbitrary<unknown>) =>
  values.filter((value) => schema.safeParse(value).success);

// JSON has no -0, and a member called __proto__ is dropped by zod wherever it reads members.
export const json = fc
  .jsonValue({ maxDepth: 2 })
  .map((value): unknown => JSON.parse(JSON.stringify(value).replaceAll('__proto__', 'proto')));

/** A value as a query may have it: as it is, or as text. */
const rawOf = (values: fc.Arbitrary<unknown>) =>
  fc.tuple(values, fc.boolean()).map(([value, isText]) => (isText ? String(value) : value));

const objectFor = (schema: z.ZodObject<z.ZodRawShape>) => {
  const members: [string, z.ZodTypeAny][] = Object.entries(schema.shape);
  return fc
    .record(Object.fromEntries(members.map(([name, member]) => [name, valid(member)])), {
      requiredKeys: members.filter(([, member]) => !member.isOptional()).map(([name]) => name),
      noNullPrototype: true,
    })
    .chain((object) => {
      if (schema._def.unknownKeys !== 'passthrough') return fc.constant(object);
      return fc.dictionary(keyFor(z.string()), json, { maxKeys: 2 }).map((more) => ({ ...more, ...object }));
    });
};

const arrayFor = (schema: z.ZodArray<z.ZodTypeAny>) => {
  const least = schema._def.minLength?.value ?? 0;
  const most = Math.min(schema._def.maxLength?.value ?? 4, least + 3);
  return fc.array(valid(schema.element), { minLength: least, maxLength: most });
};

const recordFor = ({ keySchema, valueSchema }: z.ZodRecord) =>
  fc.dictionary(keyFor(keySchema), valid(valueSchema), { maxKeys: 3, noNullPrototype: true });

const keyFor = (schema: z.ZodString | z.ZodTypeAny) =>
  valid(schema)
    .map(String)
    .filter((key) => key !== '__proto__');

const numberFor = (schema: z.ZodNumber) => {
  const min = schema.minValue ?? -(2 ** 53) + 1;
  const max = schema.maxValue ?? 2 ** 53 - 1;
  if (schema.isInt)
    return fc.oneof(fc.integer({ min, max: Math.min(max, min + 20) }), fc.constantFrom(min, max));
  return fc.double({ min, max, noNaN: true }).map((value) => value + 0 || 0);
};
