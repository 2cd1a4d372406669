import { expect, test } from 'vitest';
import { newSecret, sign, signatureHeaders, verify } from './sign.ts';

// The example of the Standard Webhooks specification.
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const parts = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' };
const now = parts.timestamp;
const signed = signatureHeaders(parts, [secret]);

test('a message is signed as the convention says', () => {
  expect(sign(parts, secret)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('a message is taken as it was signed, with any of the secrets', () => {
  expect(verify(signed, parts.body, [secret], { now })).toBeUndefined();
  const other = newSecret();
  expect(verify(signed, Buffer.from(parts.body), [other, secret], { now })).toBeUndefined();
  expect(verify(signatureHeaders(parts, [other, secret]), parts.body, [secret], { now })).toBeUndefined();
});

test.each<[string, Record<string, string | undefined>, string, number, string]>([
  ['another body', {}, '{"test": 2432232315}', 0, 'No webhook-signature'],
  ['another id', { 'webhook-id': 'msg_other' }, parts.body, 0, 'No webhook-signature'],
  ['another time', { 'webhook-timestamp': `${now + 1}` }, parts.body, 0, 'No webhook-signature'],
  ['an old message', {}, parts.body, 301, '301 s old'],
  ['a message of the future', {}, parts.body, -301, '301 s ahead'],
  ['no id', { 'webhook-id': undefined }, parts.body, 0, 'no webhook-id'],
  ['no time', { 'webhook-timestamp': undefined }, parts.body, 0, 'no webhook-timestamp'],
  ['no number', { 'webhook-timestamp': '1e9' }, parts.body, 0, 'no number'],
  ['no signature', { 'webhook-signature': '' }, parts.body, 0, 'no webhook-signature'],
  ['a short one', { 'webhook-signature': 'v1,' }, parts.body, 0, 'No webhook-signature'],
])('%s is refused', (_, headers, body, later, reason) => {
  expect(verify({ ...signed, ...headers }, body, [secret], { now: now + later })).toContain(reason);
});

test('secrets are random, and as long as the convention wants them', () => {
  expect(newSecret()).not.toBe(newSecret());
  expect(Buffer.from(newSecret().slice(6), 'base64')).toHaveLength(32);
});
