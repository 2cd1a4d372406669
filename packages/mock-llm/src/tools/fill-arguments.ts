import type { JsonObject } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { plainName } from './vocabulary.ts';

/** What is read of a schema; everything else of it is left to the agent. */
const Property = z
  .object({
    type: z.union([z.string(), z.array(z.string())]).optional(),
    enum: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
    default: z.unknown().optional(),
    minimum: z.number().optional(),
    items: z.unknown().optional(),
    properties: z.record(z.unknown()).optional(),
    required: z.array(z.string()).optional(),
  })
  .passthrough();
export type Property = z.infer<typeof Property>;

const nothing: Property = {};
export const propertyOf = (schema: unknown): Property => {
  const parsed = Property.safeParse(schema);
  return parsed.success ? parsed.data : nothing;
};

/** The type of a property, without null and in small letters: one vendor writes them large. */
export const typeOf = ({ type, properties, items }: Property): string => {
  const types = (typeof type === 'string' ? [type] : (type ?? [])).map((name) => name.toLowerCase());
  const [first] = types.filter((name) => name !== 'null');
  return first ?? (properties !== undefined ? 'object' : items !== undefined ? 'array' : 'string');
};

/** The property of a schema that has one of these names, the first name first. */
export const propertyNamed = (
  schema: JsonObject | undefined,
  names: readonly string[],
): { name: string; property: Property } | undefined => {
  const properties = Object.entries(propertyOf(schema).properties ?? {});
  for (const wanted of names) {
    const found = properties.find(([name]) => plainName(name) === wanted);
    if (found !== undefined) return { name: found[0], property: propertyOf(found[1]) };
  }
  return undefined;
};

/** A value a schema accepts, the same every time; texts say `about`. */
export const instanceOf = (schema: unknown, about: string): unknown => {
  const property = propertyOf(schema);
  if (property.default !== undefined) return property.default;
  if (property.enum !== undefined) return property.enum[0];
  switch (typeOf(property)) {
    case 'object':
      return fillRequired({}, property, about);
    case 'array':
      return [];
    case 'boolean':
      return false;
    case 'integer':
    case 'number':
      return property.minimum === undefined || property.minimum < 0 ? 0 : property.minimum;
    default:
      return about;
  }
};

/** The same arguments with what the schema demands beside them. */
export const fillRequired = (
  given: Readonly<Record<string, unknown>>,
  { properties = {}, required = [] }: Property,
  about: string,
): Record<string, unknown> => {
  const filled: Record<string, unknown> = { ...given };
  for (const name of required) {
    if (!Object.hasOwn(filled, name)) filled[name] = instanceOf(properties[name], about);
  }
  return filled;
};
