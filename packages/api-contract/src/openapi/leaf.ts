import { generateSchema } from '@anatine/zod-openapi';
import type { SchemaObject } from 'openapi3-ts/oas31';
import { z } from 'zod';
import type { Direction } from './json-schema.ts';
import { type At, unsupported } from './unsupported.ts';

/** A schema without parts: text, number, boolean, one word or one of several. */
export const leaf = (schema: z.ZodTypeAny, direction: Direction, at: At): SchemaObject => {
  if (schema instanceof z.ZodLiteral && schema.value === null) return { type: 'null' };
  refuseUntrue(schema, at);
  const { type, ...rest } = generateSchema(schema, direction === 'output', '3.1');
  // anatine writes a list of one type; tools read a plain one better.
  return { type: Array.isArray(type) && type.length === 1 ? type[0] : type, ...rest };
};

const refuseUntrue = (schema: z.ZodTypeAny, at: At): void => {
  const isPlain =
    schema instanceof z.ZodBoolean || schema instanceof z.ZodEnum || schema instanceof z.ZodLiteral;
  if (isPlain && !('coerce' in schema._def && schema._def.coerce === true)) return;
  if (schema instanceof z.ZodString) refuseUntrueText(schema, at);
  else if (schema instanceof z.ZodNumber) refuseUntrueNumber(schema, at);
  else unsupported('typeName' in schema._def ? String(schema._def.typeName) : 'an unknown kind', at);
};

/** zod counts UTF-16 units and JSON Schema characters: a minimum above one would refuse what zod accepts. */
const refuseUntrueText = ({ _def: { checks, coerce } }: z.ZodString, at: At): void => {
  if (coerce) unsupported('a coerced text', at);
  for (const check of checks) {
    if (check.kind === 'max' || (check.kind === 'min' && check.value <= 1)) continue;
    if (check.kind !== 'regex') unsupported(`a text with the check ${check.kind}`, at);
    else if (!/^u?$/.test(check.regex.flags)) unsupported(`the regex flags ${check.regex.flags}`, at);
  }
  if (checks.filter(({ kind }) => kind === 'regex').length > 1) unsupported('two patterns for one text', at);
};

const refuseUntrueNumber = ({ _def: { checks, coerce } }: z.ZodNumber, at: At): void => {
  if (coerce) unsupported('a coerced number', at);
  // Remainders of binary fractions come out differently in every implementation.
  if (checks.some(({ kind }) => kind === 'multipleOf')) unsupported('multipleOf', at);
};
