import { Problem, wholeHost } from '@agent-harbor/core';
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../testing/manual-clock.ts';
import { problemOf } from '../../testing/problem-of.ts';
import { authenticate } from './authenticate.ts';
import { covers, createKeyCredentials, digestKey, type Role } from './credentials.ts';
import { createHostCheck } from './host.ts';
import { createOriginCheck } from './origin.ts';
import { addressKey, createRateLimiter } from './rate-limit.ts';

describe('the Host check', () => {
  const check = createHostCheck(['harbor.example', 'other.example:8443', '192.0.2.7']);
  const isAllowed = (host: string) => {
    try {
      check(host);
      return true;
    } catch (error) {
      if (error instanceof Problem && error.code === 'misdirected-request') return false;
      throw error;
    }
  };

  it.each([
    'localhost',
    'LOCALHOST:3001',
    'localhost.:3001',
    '127.0.0.1:1',
    '[::1]:3001',
    'harbor.example',
    'harbor.example:443',
    'Other.example:8443',
    '192.0.2.7:80',
  ])('takes %s', (host) => expect(isAllowed(host)).toBe(true));

  it.each([
    '',
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example#localhost',
    'localhost@evil.example',
    'other.example',
    'other.example:80',
    '127.0.0.1:80:80',
    '0.0.0.0',
    '[::]',
    'localhost:x',
    '2130706433',
  ])('refuses %j', (host) => expect(isAllowed(host)).toBe(false));
});

describe('the Origin check', () => {
  const origins = createOriginCheck(['https://ui.example']);
  const host = 'localhost:3001';

  it('lets pages of an allowed origin read and act', () => {
    for (const method of ['GET', 'POST']) {
      expect(origins.check(method, { host, origin: 'https://ui.example' })).toMatchObject({
        'access-control-allow-origin': 'https://ui.example',
        vary: 'Origin',
      });
    }
  });

  it('lets the own pages act, and whoever is no page', () => {
    expect(origins.check('POST', { host, origin: 'http://localhost:3001' })).toEqual({ vary: 'Origin' });
    expect(origins.check('POST', { host })).toEqual({ vary: 'Origin' });
    expect(origins.check('POST', { host, 'sec-fetch-site': 'same-origin' })).toEqual({ vary: 'Origin' });
  });

  it.each<Record<string, string>>([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'https://ui.example.evil.example' },
    { origin: 'http://ui.example' },
    { origin: 'http://localhost:3002' },
    { 'sec-fetch-site': 'cross-site' },
  ])('refuses a change of state from %j, and gives it nothing to read', async (headers) => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      expect((await problemOf(() => origins.check(method, { host, ...headers })))?.code).toBe('forbidden');
    }
    expect(origins.check('GET', { host, ...headers })).toEqual({ vary: 'Origin' });
  });

  it('answers the preflight of an allowed origin only', () => {
    const asks = { host, 'access-control-request-method': 'POST' };
    expect(origins.preflight('OPTIONS', { ...asks, origin: 'https://ui.example' })).toMatchObject({
      'access-control-allow-origin': 'https://ui.example',
      'access-control-allow-headers': expect.stringContaining('Idempotency-Key'),
    });
    expect(origins.preflight('OPTIONS', { ...asks, origin: 'https://evil.example' })).toBeUndefined();
    expect(origins.preflight('OPTIONS', { host, origin: 'https://ui.example' })).toBeUndefined();
  });

  it('lets a page of the web reach a server on its own machine, where its origin is allowed', () => {
    const asks = { host, origin: 'https://ui.example', 'access-control-request-method': 'POST' };
    const name = 'access-control-allow-private-network';
    expect(origins.preflight('OPTIONS', asks)).not.toHaveProperty(name);
    const asksForIt = { ...asks, 'access-control-request-private-network': 'true' };
    expect(origins.preflight('OPTIONS', asksForIt)).toHaveProperty(name, 'true');
  });

  it('allows every origin only where that is said', () => {
    const open = createOriginCheck(['*']);
    const origin = 'http://anywhere.example:5173';
    const asks = { host, origin, 'access-control-request-method': 'PUT' };
    expect(open.check('POST', { host, origin })).toMatchObject({ 'access-control-allow-origin': origin });
    expect(open.preflight('OPTIONS', asks)).toMatchObject({ 'access-control-allow-origin': origin });
  });

  it('allows no origin by default', async () => {
    const closed = createOriginCheck([]);
    expect(closed.check('GET', { host, origin: 'https://ui.example' })).toEqual({});
    expect((await problemOf(() => closed.check('POST', { host, origin: 'https://ui.example' })))?.code).toBe(
      'forbidden',
    );
  });
});

describe('credentials', () => {
  const caller = { id: 'k1', role: 'operator', scope: wholeHost } as const;
  const credentials = async () =>
    createKeyCredentials([
      { digest: await digestKey('secret-key'), caller },
      { digest: await digestKey('other-key'), caller: { ...caller, id: 'k2' } },
    ]);

  it.each([
    [{ authorization: 'ApiKey secret-key' }, 'k1'],
    [{ authorization: 'apikey   secret-key ' }, 'k1'],
    [{ authorization: 'Bearer other-key' }, 'k2'],
    [{ 'x-api-key': 'secret-key' }, 'k1'],
    [{}, undefined],
    [{ authorization: '' }, undefined],
    [{ authorization: 'ApiKey' }, undefined],
    [{ authorization: 'ApiKey ' }, undefined],
    [{ authorization: 'Basic secret-key' }, undefined],
    [{ authorization: 'ApiKey secret-key, ApiKey secret-key' }, undefined],
    [{ authorization: 'ApiKey wrong' }, undefined],
    [{ authorization: 'ApiKey wrong', 'x-api-key': 'secret-key' }, undefined],
    [{ 'x-api-key': '' }, undefined],
    [{ 'x-api-key': 'secret-key, secret-key' }, undefined],
  ])('%j are those of %s', async (headers, id) => {
    expect((await authenticate(await credentials(), headers))?.id).toBe(id);
  });

  it('are not asked for when there are none', async () => {
    expect(await authenticate(null, {})).toMatchObject({ role: 'admin' });
  });

  it('cover what lies below their role', () => {
    const roles: Role[] = ['viewer', 'operator', 'admin', 'executor'];
    const table = roles.map((role) => roles.map((wanted) => covers(role, wanted)));
    expect(table).toEqual([
      [true, false, false, false],
      [true, true, false, false],
      [true, true, true, false],
      [false, false, false, true],
    ]);
  });
});

describe('the rate limit', () => {
  it('counts a caller within a window, and starts anew after it', async () => {
    const clock = createManualClock();
    const limiter = createRateLimiter({ quota: 2, windowSeconds: 60 }, clock);
    expect(limiter.policy).toBe('"default";q=2;w=60');
    expect(limiter.take('a')).toEqual({ isExceeded: false, remaining: 1, resetSeconds: 60 });
    await clock.advance(15_500);
    expect(limiter.take('a')).toEqual({ isExceeded: false, remaining: 0, resetSeconds: 45 });
    expect(limiter.take('a', 0)).toMatchObject({ isExceeded: false });
    expect(limiter.take('a')).toMatchObject({ isExceeded: true, remaining: 0 });
    expect(limiter.take('b')).toMatchObject({ isExceeded: false, remaining: 1 });
    await clock.advance(44_500);
    expect(limiter.take('a')).toEqual({ isExceeded: false, remaining: 1, resetSeconds: 60 });
  });

  it('remembers a bounded number of callers', () => {
    const limiter = createRateLimiter({ quota: 1, windowSeconds: 60 }, createManualClock());
    for (let caller = 0; caller < 10_001; caller++) limiter.take(`caller ${caller}`);
    expect(limiter.take('caller 10000').isExceeded).toBe(true);
    expect(limiter.take('caller 0').isExceeded).toBe(false);
  });

  it.each([
    ['192.0.2.1', 'ip:192.0.2.1'],
    ['::ffff:192.0.2.1', 'ip:192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', 'ip:2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', 'ip:2001:db8:1:2::/64'],
    ['2001:DB8::1', 'ip:2001:db8:0:0::/64'],
    ['::1', 'ip:0:0:0:0::/64'],
    ['fe80::1%eth0', 'ip:fe80:0:0:0::/64'],
    [undefined, 'ip:local'],
    ['1:2:3:4:5:6:7:8:9::1', 'ip:1:2:3:4::/64'],
  ])('counts %s as %s', (address, key) => expect(addressKey(address)).toBe(key));
});
