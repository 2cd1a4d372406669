import { expect, test } from 'vitest';
import type { RepositoryRefs } from '../executor/repositories.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { createRefCache } from './ref-cache.ts';

const refsOf = (name: string, count = 1): RepositoryRefs => ({
  head: null,
  branches: Array.from({ length: count }, (_, index) => ({ name: `${name}-${index}`, commit: 'c' })),
  tags: [],
});

const open = (
  answer: (url: string, signal: AbortSignal) => Promise<RepositoryRefs> = async (url) => refsOf(url),
) => {
  const clock = createManualClock();
  const asked: string[] = [];
  const cache = createRefCache((url, signal) => {
    asked.push(url);
    return answer(url, signal);
  }, clock);
  return { clock, asked, cache };
};

test('asks once a minute, and again for who wants it anew', async () => {
  const { clock, asked, cache } = open();
  const first = await cache.get('a');
  expect(first).toEqual({ refs: refsOf('a'), fetchedAt: clock.now() });
  await clock.advance(59_999);
  expect(await cache.get('a')).toBe(first);
  expect((await cache.get('a', { refresh: true })).fetchedAt).toBe(clock.now());
  // Many may want it anew at once.
  await cache.get('a', { refresh: true });
  expect(asked).toEqual(['a', 'a']);
  await clock.advance(60_000);
  await cache.get('a');
  expect(asked).toHaveLength(3);
});

test('gives what one may read to nobody else', async () => {
  const { asked, cache } = open();
  await cache.get('https://me:secret@host/a');
  await cache.get('https://host/a');
  expect(asked).toEqual(['https://me:secret@host/a', 'https://host/a']);
});

test('asks on while anybody waits, and ends with the last one', async () => {
  const signals: AbortSignal[] = [];
  const { asked, cache } = open((_, signal) => {
    signals.push(signal);
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
  const leaving = [new AbortController(), new AbortController()];
  const calls = leaving.map(({ signal }) => cache.get('a', { signal }));
  leaving[0]?.abort();
  await expect(calls[0]).rejects.toMatchObject({ code: 'aborted' });
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  leaving[1]?.abort();
  await expect(calls[1]).rejects.toMatchObject({ code: 'aborted' });
  await expect.poll(() => signals.map(({ aborted }) => aborted)).toEqual([true]);
  // Whoever comes next is not given what was broken off.
  const third = new AbortController();
  const again = cache.get('a', { signal: third.signal });
  expect(asked).toHaveLength(2);
  third.abort();
  await expect(again).rejects.toMatchObject({ code: 'aborted' });
});

test('lets callers wait for one answer, and each give up for itself', async () => {
  let answer = (_refs: RepositoryRefs) => {};
  const { asked, cache } = open(
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  );
  const impatient = new AbortController();
  const [one, two] = [cache.get('a', { signal: impatient.signal }), cache.get('a')];
  impatient.abort();
  await expect(one).rejects.toMatchObject({ code: 'aborted' });
  answer(refsOf('a'));
  expect((await two).refs).toEqual(refsOf('a'));
  expect(asked).toEqual(['a']);
});

test('remembers no failure', async () => {
  let fails = true;
  const { cache } = open(async (url) => {
    if (fails) throw new Error('away');
    return refsOf(url);
  });
  await expect(cache.get('a')).rejects.toThrow('away');
  fails = false;
  expect((await cache.get('a')).refs).toEqual(refsOf('a'));
});

test('is bounded by repositories and by names', async () => {
  const { asked, cache } = open(async (url) => refsOf(url, url === 'large' ? 499_999 : 1));
  for (let index = 0; index <= 200; index++) await cache.get(`r${index}`);
  asked.length = 0;
  await cache.get('r200');
  await cache.get('r0');
  expect(asked).toEqual(['r0']);
  await cache.get('large');
  asked.length = 0;
  await cache.get('large');
  await cache.get('r200');
  expect(asked).toEqual(['r200']);
});
