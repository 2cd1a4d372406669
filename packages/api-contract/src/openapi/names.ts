import { z } from 'zod';
import * as schemas from '../schemas/index.ts';

const byName = new Map<string, z.ZodTypeAny>();
const bySchema = new Map<z.ZodTypeAny, string>();

for (const [name, value] of Object.entries(schemas)) {
  if (!(value instanceof z.ZodType)) continue;
  const other = bySchema.get(value);
  if (other !== undefined) throw new Error(`${name} and ${other} are one schema; a component has one name`);
  byName.set(name, value);
  bySchema.set(value, name);
}

/** Every schema that has a name: what `./schemas` exports, by that name. */
export const namedSchemas: ReadonlyMap<string, z.ZodTypeAny> = byName;

/** The name of a schema, found by identity; undefined for one that is written where it is used. */
export const nameOf = (schema: z.ZodTypeAny): string | undefined => bySchema.get(schema);
