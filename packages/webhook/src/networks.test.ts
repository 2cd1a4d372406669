import { expect, test } from 'vitest';
import { networkOf, permits } from './networks.ts';

const isPublic = permits([]);

test.each([
  ['93.184.216.34', true],
  ['8.8.8.8', true],
  ['2606:2800:220:1::1', true],
  ['::ffff:8.8.8.8', true],
  ['127.0.0.1', false],
  ['127.255.255.254', false],
  ['0.0.0.0', false],
  ['10.1.2.3', false],
  ['100.64.0.1', false],
  ['169.254.169.254', false],
  ['172.16.0.1', false],
  ['172.31.255.255', false],
  ['192.168.1.1', false],
  ['198.18.0.1', false],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['::', false],
  ['::1', false],
  ['fd00::1', false],
  ['fe80::1', false],
  ['fe80::1%lo', false],
  ['ff02::1', false],
  ['::ffff:127.0.0.1', false],
  ['::ffff:7f00:1', false],
  ['::ffff:10.0.0.1', false],
  ['::127.0.0.1', false],
  ['64:ff9b::7f00:1', false],
  ['2002:7f00:1::', false],
  ['2001:0:7f00:1::', false],
  ['2001:db8::1', false],
  ['localhost', false],
  ['', false],
])('%s is public: %s', (address, expected) => {
  expect(isPublic(address)).toBe(expected);
});

test('a network that is named is called, and no more than that', () => {
  const isPermitted = permits(['10.1.0.0/16', '::1', 'fd00::/8']);
  expect(['10.1.2.3', '::ffff:10.1.2.3', '::1', 'fd12::1', '8.8.8.8'].map(isPermitted)).not.toContain(false);
  expect(['10.2.0.1', '127.0.0.1', 'fe80::1'].map(isPermitted)).not.toContain(true);
});

test.each(['10.0.0.0/33', '10.0.0/8', '::/129', 'a', '', '10.0.0.0/', '10.0.0.0/8/8'])(
  '%j is no network',
  (text) => {
    expect(networkOf(text)).toBeUndefined();
  },
);
