import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numRuns, patience, seed } from '../testing/seed.ts';
import { compareContracts } from './compare.ts';
import { gets, sends } from './testing/documents.ts';
import { changes, values } from './testing/schemas.ts';

const ajv = new Ajv2020({ strict: false });

/** Another opinion: what a validator lets through. */
const accepts = (schema: unknown) => ajv.compile(typeof schema === 'boolean' ? schema : Object(schema));

const isBreaking = (before: unknown, after: unknown): boolean =>
  compareContracts(before, after).findings.some((finding) => finding.class === 'breaking');

const samples = fc.array(values, { minLength: 40, maxLength: 80 });

test('where a request is refused that was accepted, the change is breaking', patience, () => {
  fc.assert(
    fc.property(changes(true), samples, ([before, after], tried) => {
      const [was, is] = [accepts(before), accepts(after)];
      const refused = tried.find((value) => was(value) && !is(value));
      if (refused !== undefined)
        expect(isBreaking(sends(before), sends(after)), JSON.stringify(refused)).toBe(true);
    }),
    { seed, numRuns },
  );
});

test('where an answer comes that could not come, the change is breaking', patience, () => {
  fc.assert(
    fc.property(changes(false), samples, ([before, after], tried) => {
      const [was, is] = [accepts(before), accepts(after)];
      const unheard = tried.find((value) => !was(value) && is(value));
      if (unheard !== undefined)
        expect(isBreaking(gets(before), gets(after)), JSON.stringify(unheard)).toBe(true);
    }),
    { seed, numRuns },
  );
});

test('a schema and its copy do not differ', patience, () => {
  fc.assert(
    fc.property(changes(true), ([schema]) => {
      expect(compareContracts(sends(schema), sends(structuredClone(schema))).findings).toEqual([]);
    }),
    { seed, numRuns },
  );
});
