import type { AppRoute } from '@ts-rest/core';
import type { ParameterLocation, ParameterObject } from 'openapi3-ts/oas31';
import { z } from 'zod';
import type { Components } from './components.ts';
import { type Converter, type JsonSchema, toJsonSchema } from './json-schema.ts';
import { unsupported } from './unsupported.ts';

/** Path, query and header parameters of a route. What is read from an address is described as what it is read to. */
export const parametersOf = (route: AppRoute, { output }: Components): ParameterObject[] => [
  ...parametersIn('path', route.pathParams, output),
  ...parametersIn('query', route.query, output),
  ...parametersIn('header', route.headers, output),
];

const parametersIn = (place: ParameterLocation, schema: unknown, converter: Converter): ParameterObject[] => {
  if (schema === undefined) return [];
  if (!(schema instanceof z.ZodObject)) return unsupported('parameters that are no object', [place]);
  const members: [string, z.ZodTypeAny][] = Object.entries(schema.shape);
  return members.map(([name, member]) => ({
    name: place === 'header' ? headerName(name) : name,
    in: place,
    ...(member.description !== undefined && { description: member.description }),
    ...((place === 'path' || !member.isOptional()) && { required: true }),
    ...styled(place, readAs(member, [place, name], converter)),
  }));
};

/** `idempotency-key` → `Idempotency-Key`: headers ignore case, readers do not. */
const headerName = (name: string): string =>
  name.replace(/(?:^|-)[a-z]/g, (initial) => initial.toUpperCase()).replace(/-Id$/, '-ID');

/** A list is either joined by commas, or it is a parameter that may come again; then zod takes a single one too. */
const styled = (place: ParameterLocation, { schema, isRepeated }: Value) => {
  const isList = !('$ref' in schema) && schema.type === 'array';
  return { ...(isList && place === 'query' && { style: 'form' as const, explode: isRepeated }), schema };
};

interface Value {
  readonly schema: JsonSchema;
  readonly isRepeated: boolean;
}

const readAs = (member: z.ZodTypeAny, at: readonly string[], converter: Converter): Value => {
  if (member instanceof z.ZodOptional) return readAs(member.unwrap(), at, converter);
  if (member instanceof z.ZodDefault) {
    const { schema, isRepeated } = readAs(member.removeDefault(), at, converter);
    return { schema: { ...schema, default: member._def.defaultValue() }, isRepeated };
  }
  if (member instanceof z.ZodUnion) {
    const [single, list] = member.options;
    if (!(list instanceof z.ZodArray) || list.element !== single || member.options.length !== 2) {
      return unsupported('a parameter that is more than one or several of a kind', at);
    }
    return { schema: toJsonSchema(list, converter, at), isRepeated: true };
  }
  return { schema: toJsonSchema(member, converter, at), isRepeated: false };
};
