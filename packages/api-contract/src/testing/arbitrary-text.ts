import fc from 'fast-check';
import type { z } from 'zod';

const anything = '^[^\\u0000]*$';

/** Random texts that mostly fit a schema of text: by its pattern, of short or the greatest length. */
export const textFor = (schema: z.ZodString): fc.Arbitrary<string> => {
  const patterns = schema._def.checks.flatMap((check) => (check.kind === 'regex' ? [check.regex] : []));
  const pattern = patterns.find(({ source }) => source !== anything);
  if (pattern !== undefined) return fc.stringMatching(pattern);

  const minLength = schema.minLength ?? 0;
  const most = schema.maxLength ?? 20;
  const maxLength = Math.min(most, minLength + 20);
  return fc.oneof(
    { weight: 4, arbitrary: fc.string({ unit: 'grapheme', minLength, maxLength }) },
    { weight: 2, arbitrary: fc.string({ unit: 'binary', minLength, maxLength: Math.ceil(maxLength / 2) }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('x'.repeat(Math.min(most, 5000)), '$(x) `x` "x" \'x\' --x\n\r\t'),
    },
  );
};
