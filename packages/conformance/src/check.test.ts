import { expect, test } from 'vitest';
import { type Check, judge, NotApplicable, runCheck, type Suite, skipReasons, topic } from './check.ts';

const passing: Check<number> = { name: 'passing', promises: 'that it passes', run: async () => undefined };
const failing: Check<number> = {
  name: 'failing',
  promises: 'nothing',
  run: async () => {
    throw new Error('no');
  },
};
const suite: Suite<number> = { name: 'sample', checks: [passing, failing] };

test('a check gets its own context and closes it, also when it fails', async () => {
  const log: string[] = [];
  const open = async () => {
    log.push('open');
    return { context: 1, close: async () => void log.push('close') };
  };
  await runCheck(passing, open);
  await expect(runCheck(failing, open)).rejects.toThrow('no');
  expect(log).toEqual(['open', 'close', 'open', 'close']);
});

test('a failure to close fails a check that passed, and hides no failure of the check', async () => {
  const open = async () => ({ context: 1, close: () => Promise.reject(new Error('stuck')) });
  await expect(runCheck(passing, open)).rejects.toThrow('stuck');
  await expect(runCheck(failing, open)).rejects.toThrow('no');
});

test('a skip must name a check of the suite', () => {
  expect(skipReasons(suite, [{ reason: 'later', checks: ['failing'] }])).toEqual(
    new Map([['failing', 'later']]),
  );
  expect(() => skipReasons(suite, [{ reason: 'later', checks: ['unknown'] }])).toThrow(
    'no check named: unknown',
  );
});

test('a verdict tells what does not hold from what cannot be asked', async () => {
  const closed: boolean[] = [];
  const open = async () => ({ context: 1, close: async () => void closed.push(true) });
  const lacking = { ...passing, run: () => Promise.reject(new NotApplicable('there is no agent')) };
  expect(await judge(passing, open)).toEqual({ kind: 'holds' });
  expect(await judge(failing, open)).toEqual({ kind: 'fails', error: new Error('no') });
  expect(await judge(lacking, open)).toEqual({ kind: 'not-applicable', reason: 'there is no agent' });
  expect(closed).toHaveLength(3);
});

test('a topic names the part of the suite', () => {
  expect(topic('numbers', [passing, failing]).map((check) => [check.topic, check.name])).toEqual([
    ['numbers', 'passing'],
    ['numbers', 'failing'],
  ]);
});
