import { describe, expect, it } from 'vitest';
import { digest } from './digest.ts';
import { createSeededIds } from './seeded-ids.ts';

describe('the digest', () => {
  it('tells 100,000 similar texts apart and is stable', () => {
    const seen = new Set<string>();
    for (let index = 0; index < 100_000; index++) seen.add(digest(`{"prompt":"task ${index}"}`));
    expect(seen.size).toBe(100_000);
    expect(digest('')).toMatch(/^[0-9a-f]{32}$/);
    expect(digest('Agent Harbor')).toBe(digest('Agent Harbor'));
    expect(digest('ab')).not.toBe(digest('ba'));
  });
});

describe('seeded ids', () => {
  it('are ULIDs in form, sorted within a parent, the same for the same calls', () => {
    const ids = createSeededIds('seed');
    const made = Array.from({ length: 200 }, () => ids.next('session', 'task'));
    expect(made.every((id) => /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id))).toBe(true);
    expect([...made].sort()).toEqual(made);
    const again = createSeededIds('seed');
    again.next('task', '');
    expect(again.next('session', 'task')).toBe(made[0]);
    expect(createSeededIds('other').next('session', 'task')).not.toBe(made[0]);
  });

  it('give numbers in [0, 1)', () => {
    const ids = createSeededIds('seed');
    const numbers = Array.from({ length: 1000 }, () => ids.random('jitter'));
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    expect(new Set(numbers).size).toBeGreaterThan(990);
  });
});
