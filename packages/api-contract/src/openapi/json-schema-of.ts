import type { z } from 'zod';
import { type Converter, definitionOf, type JsonSchema } from './json-schema.ts';

/**
 * The JSON Schema (2020-12) of what a schema accepts, complete in itself: named parts stand under `$defs`. Throws for
 * what has no true JSON Schema.
 */
export const jsonSchemaOf = (schema: z.ZodTypeAny): Record<string, unknown> => {
  const definitions = new Map<string, JsonSchema>();
  const converter: Converter = {
    direction: 'input',
    refer(name, part) {
      if (!definitions.has(name)) {
        definitions.set(name, {}); // stands in while the schema refers to itself
        definitions.set(name, definitionOf(part, converter, [name]));
      }
      return `#/$defs/${name}`;
    },
  };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...definitionOf(schema, converter),
    ...(definitions.size > 0 && { $defs: Object.fromEntries([...definitions].sort(byKey)) }),
  };
};

const byKey = ([left]: [string, unknown], [right]: [string, unknown]) => (left < right ? -1 : 1);
