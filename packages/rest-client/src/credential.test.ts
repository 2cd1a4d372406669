import { expect, test } from 'vitest';
import { createAuthorizer } from './credential.ts';

test('writes the scheme of each kind', async () => {
  expect(await createAuthorizer({ apiKey: 'k' })()).toBe('ApiKey k');
  expect(await createAuthorizer({ token: 't' })()).toBe('Bearer t');
  expect(await createAuthorizer(undefined)()).toBeUndefined();
});

test('refuses what cannot be a header, without repeating it', async () => {
  await expect(createAuthorizer({ apiKey: 'secret\r\nx: y' })()).rejects.toMatchObject({
    code: 'invalid-request',
    message: expect.not.stringContaining('secret'),
  });
});

test('asks a function once until its answer is refused', async () => {
  let asked = 0;
  const authorize = createAuthorizer(() => {
    asked += 1;
    return { apiKey: `k${asked}` };
  });
  expect(await Promise.all([authorize(), authorize()])).toEqual(['ApiKey k1', 'ApiKey k1']);
  expect(await authorize(['ApiKey k1'])).toBe('ApiKey k2');
  // A late refusal of the old one does not spend the new one.
  expect(await authorize(['ApiKey k1'])).toBe('ApiKey k2');
  expect(asked).toBe(2);
});

test('asks once for everybody whose credential was refused at the same time', async () => {
  let asked = 0;
  const authorize = createAuthorizer(async () => {
    asked += 1;
    return { token: `t${asked}` };
  });
  const first = await authorize();
  expect(await Promise.all([authorize([first]), authorize([first])])).toEqual(['Bearer t2', 'Bearer t2']);
  expect(asked).toBe(2);
});

test('a function that found nothing is asked again when that was not enough', async () => {
  const found = [undefined, { apiKey: 'k' }];
  const authorize = createAuthorizer(() => found.shift());
  expect(await authorize()).toBeUndefined();
  expect(await authorize([undefined])).toBe('ApiKey k');
});

test('a function that fails is asked again, and what it says stays in the cause', async () => {
  let asked = 0;
  const authorize = createAuthorizer(async () => {
    asked += 1;
    if (asked === 1) throw new Error('the vault is sealed');
    return { token: 't' };
  });
  await expect(authorize()).rejects.toMatchObject({
    code: 'unauthorized',
    message: expect.not.stringContaining('vault'),
    cause: { message: 'the vault is sealed' },
  });
  expect(await authorize()).toBe('Bearer t');
});

test('a function that throws at once is asked again too', async () => {
  let asked = 0;
  const authorize = createAuthorizer(() => {
    asked += 1;
    if (asked === 1) throw new Error('not yet');
    return { token: 't' };
  });
  await expect(authorize()).rejects.toMatchObject({ code: 'unauthorized' });
  expect(await authorize()).toBe('Bearer t');
});
