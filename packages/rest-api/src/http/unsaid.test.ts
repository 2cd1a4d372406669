import { contract } from '@agent-harbor/api-contract';
import { validateIfSchema, validateMultiSchemaObject } from '@ts-rest/core';
import { describe, expect, it } from 'vitest';
import { features } from '../features/index.ts';
import { mount } from './mount.ts';
import { unsaidOf } from './unsaid.ts';

const other = { accept: 'application/json', 'x-request-id': 'x' };

describe.each(mount(contract, features))('what is left out of $name', (route) => {
  const { schema } = route;
  const { query, headers } = unsaidOf(route);

  it('is read as ts-rest reads it', () => {
    const read = validateIfSchema({}, schema.query);
    expect(query === undefined).toBe(read.error !== undefined);
    expect(query?.value).toEqual(read.value);
    if (headers !== undefined) {
      expect(validateMultiSchemaObject(other, schema.headers)).toMatchObject({ value: other });
    }
  });

  it('is not left out when it was sent', () => {
    for (const name of headers ?? []) {
      const sent = { ...other, [name]: 'x'.repeat(5000) };
      expect(validateMultiSchemaObject(sent, schema.headers).error, name).toBeDefined();
    }
  });
});
