import type { ReferenceObject, SchemaObject } from 'openapi3-ts/oas31';
import { z } from 'zod';
import { leaf } from './leaf.ts';
import { nameOf } from './names.ts';
import { type At, unsupported } from './unsupported.ts';

/** A JSON Schema (2020-12) or a reference to one, as OpenAPI 3.1 writes them. */
export type JsonSchema = SchemaObject | ReferenceObject;

/** What a schema accepts, or what it gives back: they differ where there is a default or a transformation. */
export type Direction = 'input' | 'output';

/** Who is asking: the direction, and where named schemas go. */
export interface Converter {
  readonly direction: Direction;
  /** The reference to a named schema, which is converted elsewhere. */
  refer(name: string, schema: z.ZodTypeAny): string;
}

/** The schema where it is used: a reference when it has a name, else the whole. */
export const toJsonSchema = (schema: z.ZodTypeAny, converter: Converter, at: At = []): JsonSchema => {
  const name = nameOf(schema);
  if (name !== undefined) return { $ref: converter.refer(name, schema) };
  return definitionOf(schema, converter, at);
};

/**
 * The schema written out, its named parts as references. The structure is made here and the leaves by @anatine/zod-openapi,
 * because it writes null, unions, tuples and recursion in ways that accept nothing or everything. What has no
 * true JSON Schema throws.
 */
export const definitionOf = (schema: z.ZodTypeAny, converter: Converter, at: At = []): JsonSchema => {
  const inner = (part: z.ZodTypeAny, step?: string) =>
    toJsonSchema(part, converter, step === undefined ? at : [...at, step]);
  const converted = structureOf(schema, converter, inner, at);
  if (schema.description === undefined || '$ref' in converted) return converted;
  return { description: schema.description, ...converted };
};

type Inner = (part: z.ZodTypeAny, step?: string) => JsonSchema;

const structureOf = (schema: z.ZodTypeAny, { direction }: Converter, inner: Inner, at: At): JsonSchema => {
  if (schema instanceof z.ZodOptional) return inner(schema.unwrap());
  if (schema instanceof z.ZodNullable) return nullable(inner(schema.unwrap()));
  if (schema instanceof z.ZodDefault) {
    return { ...inner(schema.removeDefault()), default: schema._def.defaultValue() };
  }
  if (schema instanceof z.ZodReadonly || schema instanceof z.ZodBranded) return inner(schema.unwrap());
  if (schema instanceof z.ZodPipeline) {
    return inner(direction === 'input' ? schema._def.in : schema._def.out);
  }
  if (schema instanceof z.ZodEffects) {
    const { type } = schema._def.effect;
    const isKnown = type === 'refinement' || (type === 'transform' && direction === 'input');
    return isKnown ? inner(schema.innerType()) : unsupported(`a ${type} whose ${direction} is unknown`, at);
  }
  if (schema instanceof z.ZodObject) return objectOf(schema, direction, inner);
  if (schema instanceof z.ZodRecord) return recordOf(schema, inner);
  if (schema instanceof z.ZodArray) return arrayOf(schema, inner);
  if (schema instanceof z.ZodDiscriminatedUnion) return discriminatedOf(schema, inner);
  if (schema instanceof z.ZodUnion) return unionOf(schema, inner);
  if (schema instanceof z.ZodNull) return { type: 'null' };
  if (schema instanceof z.ZodUnknown || schema instanceof z.ZodAny) return {};
  return leaf(schema, direction, at);
};

const nullable = (schema: JsonSchema): JsonSchema => {
  if ('$ref' in schema || schema.oneOf !== undefined) return { anyOf: [schema, { type: 'null' }] };
  if (schema.anyOf !== undefined) return { ...schema, anyOf: [...schema.anyOf, { type: 'null' }] };
  if (schema.type === undefined) return schema;
  const withNull = { ...schema, type: [...new Set([schema.type, 'null' as const].flat())] };
  return schema.enum === undefined ? withNull : { ...withNull, enum: [...new Set([...schema.enum, null])] };
};

const objectOf = (schema: z.ZodObject<z.ZodRawShape>, direction: Direction, inner: Inner): SchemaObject => {
  const members: [string, z.ZodTypeAny][] = Object.entries(schema.shape);
  const required = members.filter(([, member]) => isRequired(member, direction)).map(([name]) => name);
  const { catchall, unknownKeys } = schema._def;
  return {
    type: 'object',
    properties: Object.fromEntries(members.map(([name, member]) => [name, inner(member, name)])),
    ...(required.length === 0 ? {} : { required }),
    ...(catchall instanceof z.ZodNever
      ? unknownKeys === 'strict' && { additionalProperties: false }
      : { additionalProperties: open(inner(catchall, '*')) }),
  };
};

/** A member with a default may be left out of a request and is always there in an answer. */
const isRequired = (member: z.ZodTypeAny, direction: Direction): boolean =>
  !member.isOptional() || (direction === 'output' && member instanceof z.ZodDefault);

const recordOf = ({ keySchema, valueSchema }: z.ZodRecord, inner: Inner): SchemaObject => {
  const names = inner(keySchema, '(key)');
  const isAnyKey = !('$ref' in names) && JSON.stringify(names) === '{"type":"string"}';
  return {
    type: 'object',
    ...(!isAnyKey && { propertyNames: names }),
    additionalProperties: open(inner(valueSchema, '*')),
  };
};

/** `true` says "anything" to more tools than `{}` does. */
const open = (schema: JsonSchema): JsonSchema | true => (Object.keys(schema).length === 0 ? true : schema);

const arrayOf = (schema: z.ZodArray<z.ZodTypeAny>, inner: Inner): SchemaObject => {
  const { exactLength, minLength, maxLength } = schema._def;
  const least = exactLength ?? minLength;
  const most = exactLength ?? maxLength;
  return {
    type: 'array',
    items: inner(schema.element, '[]'),
    ...(least !== null && { minItems: least.value }),
    ...(most !== null && { maxItems: most.value }),
  };
};

const unionOf = (
  schema: z.ZodUnion<readonly [z.ZodTypeAny, ...z.ZodTypeAny[]]>,
  inner: Inner,
): SchemaObject => ({
  anyOf: schema.options.map((option, index) => inner(option, `(${index})`)),
});

/** Only variants with a name can be told by a mapping; without it `oneOf` says the same to a validator. */
const discriminatedOf = (
  schema: z.ZodDiscriminatedUnion<string, z.ZodDiscriminatedUnionOption<string>[]>,
  inner: Inner,
): SchemaObject => {
  const oneOf = schema.options.map((option) => inner(option));
  const mapping: Record<string, string> = {};
  for (const [value, option] of schema.optionsMap) {
    const { $ref } = inner(option);
    if ($ref === undefined) return { oneOf };
    mapping[String(value)] = $ref;
  }
  return { oneOf, discriminator: { propertyName: schema.discriminator, mapping } };
};
