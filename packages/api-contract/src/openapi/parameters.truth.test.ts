import fc from 'fast-check';
import type { ParameterObject } from 'openapi3-ts/oas31';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { contract } from '../contract.ts';
import { valid } from '../testing/arbitrary.ts';
import { compile, operations, parametersOf } from '../testing/document.ts';
import { isLongOnlyInUnits } from '../testing/length.ts';
import { numRuns, patience, seed } from '../testing/seed.ts';
import { placedRoutes } from './routes.ts';

/** What an address or a header carries: one text, or several when a query repeats its name. */
type Raw = string | string[];

// Every way a text may be a number to somebody, and the edges of the limits in use.
const corners = [
  ...[
    '',
    ' ',
    '0',
    '1',
    '-1',
    '+1',
    '-0',
    '01',
    '1.0',
    '1.5',
    '1e3',
    '0x10',
    '1_0',
    '١',
    'NaN',
    'Infinity',
    'null',
  ],
  ...['10', '11', '200', '201', '10000', '10001', '999999999999999', '1000000000000000', '1'.repeat(400)],
  ...[',', 'a,b', 'running,', ',running', 'running,running', 'running,nope', 'log,status', 'added, modified'],
  ...[
    'true',
    'TRUE',
    'desc',
    'a:',
    ':a',
    'a:b:c',
    'a:b,c:d',
    'x'.repeat(129),
    'x'.repeat(513),
    'x'.repeat(5000),
  ],
  ...[
    '2026-02-29T00:00:00Z',
    '2024-02-29T23:59:59.999Z',
    '2026-01-01T00:00Z',
    '2026-01-01',
    '2026-01-01T00:00:00',
  ],
  ...[
    '2026-01-01T00:00:60Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:00:00+01:00',
    '2026-01-01T00:00:00+0100',
  ],
  ...['"quoted"', '"a"b"', 'mock.json', '../x.json', '\u{1f600}'.repeat(65)],
];

const rawFor = (member: z.ZodTypeAny): fc.Arbitrary<Raw> => {
  const texts = valid(member).map((value) => (Array.isArray(value) ? value.map(String) : String(value)));
  const corner = fc.constantFrom(...corners);
  return fc.oneof(
    { weight: 3, arbitrary: texts },
    { weight: 1, arbitrary: texts.map((text) => (Array.isArray(text) ? text.join(',') : text)) },
    { weight: 3, arbitrary: corner },
    { weight: 1, arbitrary: fc.array(corner, { minLength: 2, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.tuple(texts, corner).map(([text, more]) => `${String(text)}${more}`) },
  );
};

/** The value a client meant that wrote this by the parameter's style (RFC 6570); a text that is no number stays one. */
const meant = (raw: Raw, { schema, explode }: ParameterObject): unknown => {
  const type = schema !== undefined && 'type' in schema ? schema.type : 'string';
  if (type === 'array') return typeof raw === 'string' && explode === false ? raw.split(',') : [raw].flat();
  if (type === 'integer' && typeof raw === 'string' && String(Number(raw)) === raw) return Number(raw);
  return raw;
};

const subjects = placedRoutes(contract).flatMap(({ route }) => {
  const path = route.path.replace(/:(\w+)/g, '{$1}');
  const operation = operations.find((each) => each.path === path && each.method === route.method)?.operation;
  const described = operation === undefined ? [] : parametersOf(operation);
  return [route.pathParams, route.query, route.headers].flatMap((schema, index) => {
    const place = ['path', 'query', 'header'][index];
    const shape: z.ZodRawShape = schema instanceof z.ZodObject ? schema.shape : {};
    return Object.entries(shape).map(([name, member]) => ({
      title: `${route.method} ${path} ${place} ${name}`,
      schema: z.object({ [name]: member }),
      name,
      member,
      isQuery: place === 'query',
      parameter: described.find((one) => one.in === place && one.name.toLowerCase() === name.toLowerCase()),
    }));
  });
});

describe.each(subjects)('$title', patience, ({ schema, name, member, isQuery, parameter }) => {
  test('is described, and required when it is', () => {
    expect(parameter).toBeDefined();
    expect(parameter?.required ?? false).toBe(!schema.safeParse({}).success);
  });

  test('agrees with zod', () => {
    if (parameter?.schema === undefined) throw new Error('not described');
    const accepts = compile(parameter.schema);
    fc.assert(
      fc.property(rawFor(member), (raw) => {
        if (Array.isArray(raw) && !isQuery) return;
        const value = { [name]: raw };
        const read = schema.safeParse(value);
        const isAccepted = accepts(meant(raw, parameter));
        if (read.success) {
          expect(isAccepted, 'stricter than zod').toBe(true);
        } else if (isAccepted) {
          const isKnown = read.error.issues.every((issue) => isLongOnlyInUnits(value, issue));
          expect(isKnown, `looser than zod: ${read.error.message}`).toBe(true);
        }
      }),
      { seed, numRuns: numRuns * 2 },
    );
  });
});
