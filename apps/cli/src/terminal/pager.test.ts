import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { pagerOf, startPager } from './pager.ts';

const folder = mkdtempSync(join(tmpdir(), 'ah-pager-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the pager is the one that is wanted, by its words', () => {
  expect(pagerOf({})).toEqual(['less']);
  expect(pagerOf({ PAGER: 'most' })).toEqual(['most']);
  expect(pagerOf({ AH_PAGER: 'less  -S', PAGER: 'most' })).toEqual(['less', '-S']);
  expect(pagerOf({ AH_PAGER: '$(touch x); cat' })).toEqual(['$(touch', 'x);', 'cat']);
  for (const none of ['', ' ', 'cat']) expect(pagerOf({ PAGER: none })).toBeUndefined();
});

test('a pager gets everything, and options like those of git', async () => {
  const target = join(folder, 'seen');
  const script = `const {stdin, env} = process; let all = env.LESS + ' '; stdin.on('data', (some) => { all += some; }).on('end', () => require('node:fs').writeFileSync(${JSON.stringify(target)}, all));`;
  const pager = await startPager([process.execPath, '-e', script], { PATH: process.env.PATH });
  await pager?.write('one\n');
  await pager?.write('two\n');
  await pager?.close();
  expect(readFileSync(target, 'utf8')).toBe('FRX one\ntwo\n');
});

test('one that is left early, or is not there, stops nobody', async () => {
  const pager = await startPager([process.execPath, '-e', 'process.exit(0)'], {});
  const heard = process.listenerCount('SIGINT');
  for (let written = 0; pager?.isLeft === false && written < 1_000; written += 1) {
    await pager.write('x'.repeat(100_000));
  }
  expect(pager?.isLeft).toBe(true);
  await pager?.write('more');
  await pager?.close();
  expect(process.listenerCount('SIGINT')).toBe(heard - 1);
  expect(await startPager(['ah-no-such-pager'], {})).toBeUndefined();
});
