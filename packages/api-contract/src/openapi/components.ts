import type { SchemaObject } from 'openapi3-ts/oas31';
import type { z } from 'zod';
import { type Converter, type Direction, definitionOf, type JsonSchema } from './json-schema.ts';
import { looser } from './looser.ts';

/** What JSON Schema can say of a named schema besides what zod checks. */
const remarks: Readonly<Record<string, Pick<SchemaObject, 'format' | 'examples'>>> = {
  Timestamp: { format: 'date-time', examples: ['2026-01-02T03:04:05.678Z'] },
  TimestampInput: {
    format: 'date-time',
    examples: ['2026-01-02T03:04:05Z', '2026-01-02T04:04:05.678+01:00'],
  },
  Ulid: { examples: ['01HVZ6K9T1N8S6M3V3Q3F0X5B7'] },
};

/** Collects the named schemas that routes refer to, so that each is written once. */
export const createComponents = () => {
  const found = new Map<string, JsonSchema>();

  const converters: Record<Direction, Converter> = {
    input: { direction: 'input', refer: (name, schema) => refer(name, schema, 'input') },
    output: { direction: 'output', refer: (name, schema) => refer(name, schema, 'output') },
  };
  const seen = { input: new Set<string>(), output: new Set<string>() };

  const refer = (name: string, schema: z.ZodTypeAny, direction: Direction): string => {
    if (!seen[direction].has(name)) {
      seen[direction].add(name);
      const definition = {
        ...(looser[name] !== undefined && { description: looser[name] }),
        ...definitionOf(schema, converters[direction], [name]),
        ...remarks[name],
      };
      const other = found.get(name);
      if (other !== undefined && JSON.stringify(other) !== JSON.stringify(definition)) {
        throw new Error(`${name} reads differently in requests and answers; give each its own name`);
      }
      found.set(name, definition);
    }
    return `#/components/schemas/${name}`;
  };

  return {
    /** For parts of a request. */
    input: converters.input,
    /** For parts of an answer, and for what is read from an address. */
    output: converters.output,
    /** Every schema referred to so far, by name, in alphabetical order. */
    schemas: (): Record<string, JsonSchema> =>
      Object.fromEntries([...found].sort(([left], [right]) => (left < right ? -1 : 1))),
  };
};

export type Components = ReturnType<typeof createComponents>;
