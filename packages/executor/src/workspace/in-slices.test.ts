import { expect, test } from 'vitest';
import { flatMapInSlices } from './in-slices.ts';

const many = Array.from({ length: 1_200 }, (_, number) => number);

test('work on many items is done in slices, others have their turn between them', async () => {
  const done: (number | 'others')[] = [];
  const lookAway = (): void => {
    done.push('others');
    if (done.length < many.length) setImmediate(lookAway);
  };
  setImmediate(lookAway);
  const made = await flatMapInSlices(many, (number) => {
    done.push(number);
    return number % 2 === 0 ? [number] : [];
  });
  expect(made).toEqual(many.filter((number) => number % 2 === 0));
  expect(done.filter((each) => each !== 'others')).toEqual(many);
  expect(done.indexOf('others')).toBe(500);
  expect(done.lastIndexOf('others')).toBeGreaterThan(1_000);
});

test('what nobody waits for any more ends at the next slice', async () => {
  const leaving = new AbortController();
  let looked = 0;
  const work = flatMapInSlices(
    many,
    () => {
      looked += 1;
      leaving.abort();
      return [];
    },
    leaving.signal,
  );
  await expect(work).rejects.toMatchObject({ code: 'aborted' });
  expect(looked).toBe(500);
});
