import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { compile, document, operations, readCheckedIn } from '../testing/document.ts';
import { createOpenApiDocument } from './index.ts';

test('the document at the root is what the contract says now', () => {
  const text = `${JSON.stringify(createOpenApiDocument({ version: manifest.version }), null, 2)}\n`;
  expect(readCheckedIn() === text, 'run `pnpm --filter @agent-harbor/api-contract openapi`').toBe(true);
});

test('it is valid OpenAPI 3.1', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(JSON.parse(readCheckedIn()));
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
  expect(validator.version).toBe('3.1');
});

test('it is the same every time', () => {
  const version = '1.2.3';
  expect(JSON.stringify(createOpenApiDocument({ version }))).toBe(
    JSON.stringify(createOpenApiDocument({ version })),
  );
  expect(createOpenApiDocument({ version }).info.version).toBe(version);
});

test('every reference leads somewhere, and every component is referred to', () => {
  const text = JSON.stringify(document);
  const referred = new Set([...text.matchAll(/"#\/components\/(\w+\/\w+)"/g)].map(([, place]) => place));
  const { schemas, responses, headers } = document.components ?? {};
  const present = Object.entries({ schemas, responses, headers }).flatMap(([kind, members]) =>
    Object.keys(members ?? {}).map((name) => `${kind}/${name}`),
  );
  expect([...referred].sort()).toEqual(present.sort());
});

test('every schema in it compiles', () => {
  for (const schema of Object.values(document.components?.schemas ?? {}))
    expect(compile(schema)).toBeTypeOf('function');
});

test('every variant of a union is told by its discriminator', () => {
  const schemas = Object.entries(document.components?.schemas ?? {});
  const unions = schemas.filter(([, schema]) => 'oneOf' in schema && schema.oneOf !== undefined);
  expect(unions.map(([name]) => name)).toEqual([
    'AttachmentInput',
    'ContentBlock',
    'ReplyFrame',
    'SessionEvent',
    'TerminalFrame',
  ]);
  for (const [, schema] of unions) {
    if (!('oneOf' in schema)) continue;
    const { mapping } = schema.discriminator ?? {};
    expect(Object.values(mapping ?? {}).map(($ref) => ({ $ref }))).toEqual(schema.oneOf);
  }
});

test('every operation has its own id, a summary and a tag', () => {
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { operation } of operations) {
    expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/);
    expect(operation.summary).toBeTruthy();
    expect(document.tags).toContainEqual({ name: operation.tags?.[0] });
  }
});

test('only public routes go without a credential', () => {
  expect(document.security).toEqual([{ ApiKey: [] }, { Bearer: [] }, { XApiKey: [] }]);
  const open = operations.filter(({ operation }) => operation.security?.length === 0).map(({ path }) => path);
  expect(open).toEqual([
    '/healthz',
    '/readyz',
    '/version',
    '/api/v1/openapi.json',
    '/api/docs',
    '/problems/{code}',
  ]);
  for (const { operation } of operations) {
    expect(operation['x-role'] === 'public').toBe(operation.security !== undefined);
  }
});
