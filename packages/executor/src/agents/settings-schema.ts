import type { JsonObject } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';

/**
 * The JSON Schema (draft 2020-12) of an agent's settings. Only what settings are made of is known here; anything else
 * throws, so that a schema nobody can read is found by the first test and not by a user.
 */
export const settingsSchemaOf = (schema: z.ZodTypeAny, title: string): JsonObject => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title,
  ...describe(schema),
});

const describe = (schema: z.ZodTypeAny): JsonObject => {
  if (schema instanceof z.ZodOptional) return describe(schema.unwrap());
  if (schema instanceof z.ZodObject) return describeObject(schema);
  if (schema instanceof z.ZodString) return describeString(schema);
  if (schema instanceof z.ZodNumber) return describeNumber(schema);
  if (schema instanceof z.ZodBoolean) return { type: 'boolean' };
  if (schema instanceof z.ZodUnknown) return {};
  if (schema instanceof z.ZodEnum) return { type: 'string', enum: schema.options };
  if (schema instanceof z.ZodRecord) {
    return { type: 'object', additionalProperties: describe(schema.valueSchema) };
  }
  if (schema instanceof z.ZodUnion) return { anyOf: schema.options.map(describe) };
  if (schema instanceof z.ZodArray) {
    const { minLength, maxLength } = schema._def;
    return {
      type: 'array',
      items: describe(schema.element),
      ...(minLength === null ? {} : { minItems: minLength.value }),
      ...(maxLength === null ? {} : { maxItems: maxLength.value }),
    };
  }
  throw new Error(`Settings are made of ${schema.constructor.name}, which has no JSON Schema here yet.`);
};

const describeObject = (schema: z.AnyZodObject): JsonObject => {
  const members = Object.entries<z.ZodTypeAny>(schema.shape);
  const required = members.filter(([, member]) => !member.isOptional()).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(members.map(([name, member]) => [name, describe(member)])),
    ...(required.length === 0 ? {} : { required }),
    ...(schema._def.unknownKeys === 'strict' ? { additionalProperties: false } : {}),
  };
};

const describeString = (schema: z.ZodString): JsonObject => {
  const pattern = schema._def.checks.find((check) => check.kind === 'regex');
  return {
    type: 'string',
    ...(schema.minLength === null ? {} : { minLength: schema.minLength }),
    ...(schema.maxLength === null ? {} : { maxLength: schema.maxLength }),
    ...(pattern === undefined ? {} : { pattern: pattern.regex.source }),
  };
};

const describeNumber = (schema: z.ZodNumber): JsonObject => ({
  type: schema.isInt ? 'integer' : 'number',
  ...(schema.minValue === null ? {} : { minimum: schema.minValue }),
  ...(schema.maxValue === null ? {} : { maximum: schema.maxValue }),
});
