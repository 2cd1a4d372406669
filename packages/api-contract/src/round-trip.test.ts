import fc from 'fast-check';
import { expect, test } from 'vitest';
import { valid } from './testing/arbitrary.ts';
import { readAddress, sampled } from './testing/samples.ts';
import { numRuns, patience, seed } from './testing/seed.ts';

const bodies = sampled.filter(([name]) => !name.endsWith('Query'));
const queries = sampled.filter(([name]) => name.endsWith('Query'));

test.each(bodies)('%s comes back from the wire as it was', patience, (_name, schema) => {
  fc.assert(
    fc.property(valid(schema), (value) => {
      const meant: unknown = schema.parse(value);
      expect(schema.parse(JSON.parse(JSON.stringify(meant)))).toEqual(meant);
      expect(meant).toEqual(value);
    }),
    { seed, numRuns },
  );
});

test.each(queries)('%s means the same read again, and read from an address', patience, (_name, schema) => {
  fc.assert(
    fc.property(valid(schema), (value) => {
      const meant: Record<string, unknown> = schema.parse(value);
      expect(schema.parse(meant)).toEqual(meant);
      const read: unknown = schema.parse(readAddress(addressOf(meant)));
      // One label and a list of one label are the same wish.
      expect(listed(read)).toEqual(listed(meant));
    }),
    { seed, numRuns },
  );
});

const addressOf = (query: Record<string, unknown>): string => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (name === 'label') for (const label of [value].flat()) search.append(name, String(label));
    else search.append(name, String(value));
  }
  return search.toString();
};

const listed = (query: unknown): unknown => {
  if (typeof query !== 'object' || query === null || !('label' in query)) return query;
  const { label, ...others } = query;
  const labels = [label].flat();
  return labels.length === 0 ? others : { ...others, label: labels };
};
