import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { compile, document } from './testing/document.ts';
import { readAddress, readSamples, sampled, sampleNames } from './testing/samples.ts';

const Query = z.object({ given: z.string(), read: z.record(z.unknown()) }).strict();

test('every type has samples, and no sample is of something else', () => {
  expect(sampleNames().sort()).toEqual(sampled.map(([name]) => name).sort());
});

describe.each(sampled.filter(([name]) => !name.endsWith('Query')))('%s', (name, schema) => {
  const { accepted, refused } = readSamples(name);
  const accepts =
    name in (document.components?.schemas ?? {})
      ? compile({ $ref: `#/components/schemas/${name}` })
      : undefined;

  test('reads every accepted sample and writes it as it was', () => {
    for (const sample of accepted) {
      expect(JSON.parse(JSON.stringify(schema.parse(sample)))).toEqual(sample);
      expect(accepts?.(sample) ?? true, JSON.stringify(sample)).toBe(true);
    }
  });

  test('refuses every refused sample', () => {
    for (const sample of refused)
      expect(schema.safeParse(sample).success, JSON.stringify(sample)).toBe(false);
  });

  test('has each word of a closed set among its samples', () => {
    if (schema instanceof z.ZodEnum) expect(accepted).toEqual(schema.options);
  });

  test('ignores members it does not know, unless it is a request', () => {
    if (!(schema instanceof z.ZodObject) || schema._def.unknownKeys !== 'strip') return;
    for (const sample of accepted) {
      expect(schema.parse({ ...z.record(z.unknown()).parse(sample), fromANewerServer: 1 })).toEqual(sample);
    }
  });
});

describe.each(sampled.filter(([name]) => name.endsWith('Query')))('%s', (name, schema) => {
  const { accepted, refused } = readSamples(name);

  test.each(z.array(Query).parse(accepted))('reads "$given"', ({ given, read }) => {
    expect(schema.parse(readAddress(given))).toEqual(read);
    expect(schema.parse(read)).toEqual(read);
  });

  test.each(z.array(z.string()).parse(refused))('refuses "%s", by the name of the member', (given) => {
    const { error } = schema.safeParse(readAddress(given));
    const [issue] = error?.issues ?? [];
    const named = issue?.code === 'unrecognized_keys' ? issue.keys : [issue?.path[0]];
    const names = [...new Set(new URLSearchParams(given).keys())];
    expect(names).toContain(named[0]);
    expect(issue?.message).not.toBe('Invalid input');
  });
});
