import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { agentSettings } from '../schemas/index.ts';
import { valid } from '../testing/arbitrary.ts';
import { compile, document } from '../testing/document.ts';
import { isLongOnlyInUnits } from '../testing/length.ts';
import { mutated, partsOf } from '../testing/mutate.ts';
import { type Breach, breachesOf } from '../testing/owners.ts';
import { numRuns, patience, seed } from '../testing/seed.ts';
import { jsonSchemaOf } from './json-schema-of.ts';
import { looser } from './looser.ts';
import { namedSchemas, nameOf } from './names.ts';

// Queries are not bodies: the document describes them parameter by parameter, and parameters.truth.test.ts tests those.
const isQuery = (name: string) => name.endsWith('Query');
const inDocument = Object.keys(document.components?.schemas ?? {});
const subjects: [string, z.ZodTypeAny, object][] = [
  ...[...namedSchemas].flatMap(([name, schema]): [string, z.ZodTypeAny, object][] => {
    if (inDocument.includes(name)) return [[name, schema, { $ref: `#/components/schemas/${name}` }]];
    return isQuery(name) ? [] : [[`${name} (alone)`, schema, jsonSchemaOf(schema)]];
  }),
  ...Object.entries(agentSettings).map(([type, schema]): [string, z.ZodTypeAny, object] => [
    `settings of ${type}`,
    schema,
    jsonSchemaOf(schema),
  ]),
];

/** Whether the checked list says that the document does not know this rule. */
const isListed = (value: unknown, { owner, issue }: Breach): boolean =>
  (issue.code === 'custom' && owner !== undefined && Object.hasOwn(looser, owner)) ||
  isLongOnlyInUnits(value, issue);

describe.each(subjects)('%s', patience, (_name, schema, jsonSchema) => {
  const accepts = compile(jsonSchema);

  const agrees = (value: unknown) => {
    const read = schema.safeParse(value);
    const isAccepted = accepts(value);
    if (read.success) {
      expect(isAccepted, `stricter than zod: ${JSON.stringify(accepts.errors)}`).toBe(true);
    } else if (isAccepted) {
      const ways = breachesOf(schema, read.error.issues);
      expect(
        ways.some((way) => way.every((breach) => isListed(value, breach))),
        `looser than zod: ${read.error.message}`,
      ).toBe(true);
    }
  };

  test('agrees with zod on valid values', () => {
    fc.assert(fc.property(valid(schema), agrees), { seed, numRuns });
  });

  test('agrees with zod on values that are just wrong', () => {
    fc.assert(fc.property(mutated(schema), agrees), { seed, numRuns: numRuns * 2 });
  });
});

describe('where the document is looser', () => {
  // What the document accepts and the server refuses, by the component that says so.
  const examples: Record<string, unknown> = {
    BranchName: 'a..b',
    CommandLine: 'npm ci && npm test',
    CreateTask: { prompt: 'Fix it', repo: { mode: 'none' } },
    DeliverSession: { mode: 'branch', title: 'For a pull request' },
    DeliveryInput: { mode: 'none', targetBranch: 'main' },
    RepoInput: { mode: 'git' },
    RepoUrl: 'ext::sh -c x',
    ResourceContents: { uri: 'file:///a' },
  };

  test.each(Object.keys(looser))('%s needs its entry', (name) => {
    const example = examples[name];
    const schema = namedSchemas.get(name);
    const issues = schema?.safeParse(example).error?.issues ?? [];
    expect(issues.map(({ code }) => code)).toContain('custom');
    expect(compile({ $ref: `#/components/schemas/${name}` })(example)).toBe(true);
  });

  test('every refinement is on the list, by the name of its schema', () => {
    const refined = [...namedSchemas].flatMap(([name, schema]) =>
      inDocument.includes(name) && schema instanceof z.ZodEffects ? [name] : [],
    );
    expect(Object.keys(looser)).toEqual(refined.sort());
    expect(Object.keys(examples)).toEqual(refined.sort());
    for (const [name, schema] of namedSchemas) {
      for (const part of partsOf(schema)) {
        if (part instanceof z.ZodEffects && part._def.effect.type === 'refinement') {
          expect(nameOf(part), `a refinement in ${name} without a name`).toBeDefined();
        }
      }
    }
  });

  test('a text is longer in UTF-16 units than in characters', () => {
    const version = '\u{1f600}'.repeat(64);
    expect(compile({ $ref: '#/components/schemas/AgentChoice' })({ type: 'mock', version })).toBe(true);
    expect(namedSchemas.get('AgentChoice')?.safeParse({ type: 'mock', version }).success).toBe(false);
    expect(document.info.description).toContain('UTF-16');
  });
});
