import { expect, test } from 'vitest';
import { createAuthorization } from './credential.ts';

test('writes the scheme of each kind', async () => {
  expect(await createAuthorization({ apiKey: 'k' }).value()).toBe('ApiKey k');
  expect(await createAuthorization({ token: 't' }).value()).toBe('Bearer t');
  expect(await createAuthorization(undefined).value()).toBeUndefined();
});

test('refuses what cannot be a header, without repeating it', () => {
  expect(() => createAuthorization({ apiKey: 'secret\r\nx: y' })).toThrow(
    expect.objectContaining({ code: 'invalid-request', message: expect.not.stringContaining('secret') }),
  );
});

test('asks a function once until its answer is refused', async () => {
  let asked = 0;
  const authorization = createAuthorization(() => {
    asked += 1;
    return { apiKey: `k${asked}` };
  });
  expect([await authorization.value(), await authorization.value()]).toEqual(['ApiKey k1', 'ApiKey k1']);
  expect(authorization.refused('ApiKey k1')).toBe(true);
  expect(await authorization.value()).toBe('ApiKey k2');
  // A late refusal of the old one does not spend the new one.
  authorization.refused('ApiKey k1');
  expect(await authorization.value()).toBe('ApiKey k2');
  expect(asked).toBe(2);
});

test('a function that fails is asked again', async () => {
  let asked = 0;
  const authorization = createAuthorization(async () => {
    asked += 1;
    if (asked === 1) throw new Error('the vault is sealed');
    return { token: 't' };
  });
  await expect(authorization.value()).rejects.toMatchObject({ code: 'unauthorized' });
  expect(await authorization.value()).toBe('Bearer t');
});
