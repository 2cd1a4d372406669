import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createCallerAddress } from './proxies.ts';

const request = (remoteAddress: string, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;

describe('the address of a caller', () => {
  it.each([
    ['198.51.100.1', undefined, '198.51.100.1'],
    ['198.51.100.1', '203.0.113.9', '198.51.100.1'],
    ['10.0.0.2', '203.0.113.9', '203.0.113.9'],
    ['10.0.0.2', '1.2.3.4, 203.0.113.9', '203.0.113.9'],
    ['10.0.0.2', '203.0.113.9, 10.0.0.7', '203.0.113.9'],
    ['10.0.0.2', '10.0.0.7', '10.0.0.2'],
    ['10.0.0.2', 'unknown, <script>', '10.0.0.2'],
    ['10.0.0.2', undefined, '10.0.0.2'],
    ['2001:db8::5', '203.0.113.9', '203.0.113.9'],
  ])('behind %s that forwards %j is %s', (peer, forwarded, address) => {
    expect(createCallerAddress(['10.0.0.0/8', '2001:db8::5'])(request(peer, forwarded))).toBe(address);
  });

  it('is believed of nobody by default', () => {
    expect(createCallerAddress([])(request('10.0.0.2', '203.0.113.9'))).toBe('10.0.0.2');
  });

  it('refuses a proxy that is no address', () => {
    expect(() => createCallerAddress(['proxy.example'])).toThrow(/proxy\.example/);
  });
});
