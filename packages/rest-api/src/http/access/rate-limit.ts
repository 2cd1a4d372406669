import type { Clock } from '@agent-harbor/core';

/** How many requests one caller may make in a window. */
export interface RateLimit {
  readonly quota: number;
  readonly windowSeconds: number;
}

/** What a caller has left. */
export interface Allowance {
  readonly isExceeded: boolean;
  readonly remaining: number;
  /** Seconds until the window ends. */
  readonly resetSeconds: number;
}

export interface RateLimiter {
  /** `RateLimit-Policy`, as every answer carries it. */
  readonly policy: string;
  /** Takes one request from the caller's quota; with `weight` 0 only looks. */
  take(key: string, weight?: 0 | 1): Allowance;
}

/** How many callers are remembered; beyond it the one whose window began first is forgotten. */
const rememberedCallers = 10_000;

/** Counts requests per caller in fixed windows. */
export const createRateLimiter = (limit: RateLimit, clock: Clock): RateLimiter => {
  const windows = new Map<string, { count: number; endsAt: number }>();
  const windowMs = limit.windowSeconds * 1000;

  const windowOf = (key: string, now: number) => {
    const known = windows.get(key);
    if (known !== undefined && known.endsAt > now) return known;
    // Deleted first, so that the map stays in the order windows began.
    windows.delete(key);
    if (windows.size >= rememberedCallers) {
      const oldest = windows.keys().next();
      if (!oldest.done) windows.delete(oldest.value);
    }
    const fresh = { count: 0, endsAt: now + windowMs };
    windows.set(key, fresh);
    return fresh;
  };

  return {
    policy: `"default";q=${limit.quota};w=${limit.windowSeconds}`,
    take(key, weight = 1) {
      const now = clock.now();
      const window = windowOf(key, now);
      window.count += weight;
      return {
        isExceeded: window.count > limit.quota,
        remaining: Math.max(0, limit.quota - window.count),
        resetSeconds: Math.max(1, Math.ceil((window.endsAt - now) / 1000)),
      };
    },
  };
};

/**
 * What a socket address is counted as: an IPv6 network of 64 bits belongs to one caller, who can use all of it.
 * An IPv4 address in IPv6 clothing is the IPv4 address.
 */
export const addressKey = (address: string | undefined): string => {
  if (address === undefined) return 'ip:local';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return `ip:${mapped}`;
  if (!address.includes(':')) return `ip:${address}`;
  const [head = '', tail] = address.toLowerCase().split('%', 1)[0]?.split('::') ?? [];
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const whole =
    tail === undefined
      ? groups
      : [...groups, ...Array(Math.max(0, 8 - groups.length - after.length)).fill('0'), ...after];
  return `ip:${whole.slice(0, 4).join(':')}::/64`;
};
