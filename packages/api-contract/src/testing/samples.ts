import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { namedSchemas } from '../openapi/names.ts';
import { agentSettings } from '../schemas/index.ts';

const folder = new URL('../../samples/', import.meta.url);
const File = z
  .object({ accepted: z.array(z.unknown()).min(1), refused: z.array(z.unknown()).default([]) })
  .strict();

/** Every type that travels, by the name of its samples. */
export const sampled: readonly [string, z.ZodTypeAny][] = [
  ...namedSchemas,
  ...Object.entries(agentSettings).map(([type, schema]): [string, z.ZodTypeAny] => [
    `settings-${type}`,
    schema,
  ]),
];

/** The names there are samples for. */
export const sampleNames = (): string[] =>
  readdirSync(folder).flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -'.json'.length)] : []));

export const readSamples = (name: string): z.infer<typeof File> =>
  File.parse(JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')));

/** A query as a server reads it from an address: one text for a name, a list when the name is repeated. */
export const readAddress = (address: string): Record<string, string | string[]> => {
  const search = new URLSearchParams(address);
  return Object.fromEntries(
    [...new Set(search.keys())].map((name) => {
      const values = search.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
};
