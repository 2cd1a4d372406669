import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { contract } from '../contract.ts';
import * as schemas from '../schemas/index.ts';
import { partsOf } from '../testing/mutate.ts';
import { definitionOf } from './json-schema.ts';
import { jsonSchemaOf } from './json-schema-of.ts';

const cat = z.object({ kind: z.literal('cat'), lives: z.number().int() });
const dog = z.object({ kind: z.literal('dog') });

// What @anatine/zod-openapi writes wrongly, and what it leaves out.
const constructs: Record<string, z.ZodTypeAny> = {
  'a nullable enum': z.enum(['a', 'b']).nullable(),
  'a nullable literal': z.literal('a').nullable(),
  'the literal null': z.literal(null),
  null: z.null(),
  'a nullable union': z.union([z.string(), z.number()]).nullable(),
  'a nullable union of variants': z.discriminatedUnion('kind', [cat, dog]).nullable(),
  'a union of variants': z.discriminatedUnion('kind', [cat, dog]),
  'a union whose options overlap': z.union([z.number(), z.number().int()]),
  'a nullable text': z.string().min(1).nullable(),
  'anything, nullable': z.unknown().nullable(),
  'a nullable component': schemas.AgentType.nullable(),
  'a nullable nullable': z.string().nullable().nullable(),
  'a record with limited keys': z.record(z.string().regex(/^[a-z]+$/), z.boolean()),
  'a record of components': z.record(schemas.AgentType, z.unknown()),
  'members that may be absent, null or anything': z.object({
    a: z.string().optional(),
    b: z.string().nullish(),
    c: z.unknown(),
    d: z.string().default('x'),
  }),
  'a strict object': z.object({ a: z.boolean() }).strict(),
  'an open object': z.object({ a: z.boolean() }).passthrough(),
  'an object with typed other members': z.object({ a: z.boolean() }).catchall(z.number()),
  'a list of a fixed length': z.array(z.number()).length(2),
  'numbers strictly between': z.number().gt(0).lt(2),
  'a branded, readonly text': z.string().brand('Name').readonly(),
};

const values: unknown[] = [
  ...[null, 'null', '', 'a', 'b', 'c', 'mock', 0, 1, 1.5, 2, true, [], [1], [1, 2], [1, 2, 3], [null], {}],
  ...[{ kind: 'cat', lives: 9 }, { kind: 'cat' }, { kind: 'dog' }, { kind: 'cow' }],
  ...[
    { a: true },
    { a: true, z: 1 },
    { a: true, z: 'x' },
    { a: 'x' },
    { b: null },
    { A: true },
    { mock: 1 },
    { d: 1 },
  ],
];

test.each(Object.entries(constructs))('%s means to JSON Schema what it means to zod', (_name, schema) => {
  const accepts = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(jsonSchemaOf(schema));
  for (const value of values) {
    expect(accepts(value), JSON.stringify(value)).toBe(schema.safeParse(value).success);
  }
});

interface Tree {
  left?: Tree | undefined;
}
const tree: z.ZodType<Tree> = z.object({ left: z.lazy(() => tree).optional() });

test.each<[string, z.ZodTypeAny]>([
  ['a tuple', z.tuple([z.string()])],
  ['recursion without a name', tree],
  ['an intersection', z.intersection(cat, z.object({ a: z.string() }))],
  ['a date', z.date()],
  ['a big number', z.bigint()],
  ['a coerced number', z.coerce.number()],
  ['a coerced text', z.coerce.string()],
  ['a coerced boolean', z.coerce.boolean()],
  ['a format with its own idea of itself', z.string().email()],
  ['a time of zod', z.string().datetime()],
  ['a text of at least two units', z.string().min(2)],
  ['a pattern that ignores case', z.string().regex(/a/i)],
  ['two patterns', z.string().regex(/a/).regex(/b/)],
  ['a multiple', z.number().multipleOf(0.1)],
  ['a preprocessed value', z.preprocess(Number, z.number())],
])('%s is refused rather than described wrongly', (_name, schema) => {
  expect(() => jsonSchemaOf(z.object({ member: schema }))).toThrow(
    /^member.*: there is no true JSON Schema for /,
  );
});

describe('direction', () => {
  const schema = z.object({
    size: z.number().default(20),
    list: z
      .string()
      .transform((text) => text.split(','))
      .pipe(z.array(z.string())),
  });
  const refer = (name: string) => name;

  test('what is accepted may lack what has a default, and is not transformed yet', () => {
    expect(definitionOf(schema, { direction: 'input', refer })).toEqual({
      type: 'object',
      properties: { size: { type: 'number', default: 20 }, list: { type: 'string' } },
      required: ['list'],
    });
  });

  test('what is given back has every default, and is transformed', () => {
    expect(definitionOf(schema, { direction: 'output', refer })).toEqual({
      type: 'object',
      properties: {
        size: { type: 'number', default: 20 },
        list: { type: 'array', items: { type: 'string' } },
      },
      required: ['size', 'list'],
    });
  });

  test('a transformation that nothing follows gives nobody knows what', () => {
    const open = z.string().transform((text) => text.length);
    expect(() => definitionOf(open, { direction: 'output', refer })).toThrow(
      /a transform whose output is unknown/,
    );
  });
});

test('a schema on its own carries its named parts with it', () => {
  expect(jsonSchemaOf(schemas.agentSettings.mock)).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    properties: { scenario: { anyOf: [{ type: 'string' }, { $ref: '#/$defs/JsonObject' }] } },
    $defs: { JsonObject: { type: 'object', additionalProperties: true } },
  });
});

test('the contract has none of the kinds that have no true JSON Schema', () => {
  const kinds = new Set<string>();
  for (const route of Object.values(contract).flatMap((area) => Object.values(area))) {
    const parts: unknown[] = [route.responses, route].flatMap((place) => Object.values(place));
    for (const part of parts) {
      if (part instanceof z.ZodType) for (const each of partsOf(part)) kinds.add(each.constructor.name);
    }
  }
  expect(kinds).toContain('ZodNullable');
  const untrue = [
    'Null',
    'Lazy',
    'Tuple',
    'Intersection',
    'Date',
    'BigInt',
    'Map',
    'Set',
    'NativeEnum',
    'Any',
  ];
  expect(untrue.filter((kind) => kinds.has(`Zod${kind}`))).toEqual([]);
});
