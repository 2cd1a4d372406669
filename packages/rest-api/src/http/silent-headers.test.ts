import { contract } from '@agent-harbor/api-contract';
import { validateMultiSchemaObject } from '@ts-rest/core';
import { describe, expect, it } from 'vitest';
import { features } from '../features/index.ts';
import { mount } from './mount.ts';
import { silentHeaders } from './silent-headers.ts';

const other = { accept: 'application/json', 'x-request-id': 'x' };

describe.each(mount(contract, features))('the headers of $name', (route) => {
  const { headers } = route.schema;
  const names = silentHeaders(route);

  it('are what was sent when it looks at none of it', () => {
    if (names === undefined) expect(validateMultiSchemaObject({}, headers).error).toBeDefined();
    else expect(validateMultiSchemaObject(other, headers)).toMatchObject({ value: other });
  });

  it('are looked at when they were sent', () => {
    for (const name of names ?? []) {
      const sent = { ...other, [name]: 'x'.repeat(5000) };
      expect(validateMultiSchemaObject(sent, headers).error, name).toBeDefined();
    }
  });
});
