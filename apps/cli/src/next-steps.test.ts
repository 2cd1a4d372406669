import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { nextSteps, type Place } from './next-steps.ts';

const place: Place = {
  url: 'http://127.0.0.1:3001',
  keyFile: '/state/api-key',
  program: ['ah'],
  flags: [],
};
const session = (url: string, branch: string) => ({
  id: '01JD3QK7V5E8Z6W4M2N0P9R1ST',
  repo: { mode: 'git' as const, url, branch: 'main', commit: 'a'.repeat(40) },
  delivered: { state: 'delivered' as const, branch },
});

const typed = (...[sessions, more]: [Parameters<typeof nextSteps>[0], Partial<Place>?]): string[] =>
  nextSteps(sessions, { ...place, ...more }).map(({ type }) => type);

test('says how to look at the branch, to take it, and to see what happened', () => {
  const id = '01JD3QK7V5E8Z6W4M2N0P9R1ST';
  expect(typed([session('/home/me/shop', 'ah/fix')]).slice(0, 5)).toEqual([
    'git -C /home/me/shop diff aaaaaaaaaa...ah/fix',
    'git -C /home/me/shop merge ah/fix',
    `ah session events ${id}`,
    `ah session diff ${id}`,
    `curl -N -H "X-API-Key: $(cat /state/api-key)" http://127.0.0.1:3001/api/v1/sessions/${id}/events`,
  ]);
  expect(typed([session('file:///home/me/my%20shop', 'x')])[0]).toBe(
    `git -C '/home/me/my shop' diff aaaaaaaaaa...x`,
  );
});

test('work in a repository elsewhere is fetched first', () => {
  expect(typed([session('https://example.test/a.git', 'ah/fix')]).slice(0, 3)).toEqual([
    'git fetch -- https://example.test/a.git refs/heads/ah/fix',
    'git diff aaaaaaaaaa...FETCH_HEAD',
    'git merge FETCH_HEAD',
  ]);
});

test('several branches can be looked at, one is taken', () => {
  const lines = typed([session('/a', 'one'), session('/a', 'two')]).filter((line) => line.startsWith('git'));
  expect(lines).toEqual([
    'git -C /a diff aaaaaaaaaa...one',
    'git -C /a merge one',
    'git -C /a diff aaaaaaaaaa...two',
  ]);
});

test('without a branch there is nothing to merge', () => {
  const { delivered: _, ...none } = session('/a', 'x');
  expect(typed([none]).join('\n')).not.toContain('git');
  expect(typed([{ ...none, delivered: { state: 'failed' } }]).join('\n')).not.toContain('git');
});

test('what ah cannot find by itself is in its line', () => {
  const [alias, events] = typed([], {
    program: ['/opt/my node', '/opt/ah.js'],
    flags: ['--state-dir', '/my state'],
  });
  expect(alias).toBe(`alias ah=''\\''/opt/my node'\\'' /opt/ah.js'`);
  expect(events).toBe(`ah session events latest --state-dir '/my state'`);
});

test('names arrive byte for byte when the lines are pasted', { timeout: 20_000 }, () => {
  const path = `/tmp/it's "a" $(touch x)\n\u202e\u{e0041} \\ b`;
  for (const [branch, ref] of [
    ['-rf', 'refs/heads/-rf'],
    [`a'$(b)\u00ad`, `a'$(b)\u00ad`],
  ] as const) {
    const [diff, merge] = typed([session(path, branch)]);
    const words = (line: string | undefined) =>
      execFileSync('bash', ['-c', `git() { printf '%s\\0' "$@"; }; ${line}`], {
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C.UTF-8' },
      })
        .split('\0')
        .slice(0, -1);
    expect(words(diff)).toEqual(['-C', path, 'diff', `aaaaaaaaaa...${ref}`]);
    expect(words(merge)).toEqual(['-C', path, 'merge', ref]);
  }
});
