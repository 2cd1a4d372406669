import { expect, test } from 'vitest';
import { protectionOf, usuallyProtected } from './protected.ts';

const of = (branch: string, defaultBranch: string | null, globs = usuallyProtected) =>
  protectionOf(branch, defaultBranch, globs, 'delivery');

test('the default branch and those of the globs are protected, and nothing else', () => {
  expect(of('develop', 'develop')).toMatch(/^The branch "develop" is the default branch/);
  expect(of('main', 'develop')).toMatch(/is protected by "main"/);
  expect(of('release/1', null, ['release/*'])).toMatch(/is protected by "release\/\*"/);
  expect(of('main', null, [])).toBeUndefined();
  expect(of('main-2', 'main')).toBeUndefined();
});

test('whoever is stopped reads of options that are theirs', () => {
  expect(of('main', 'main')).toMatch(/\(--branch <name>\).*\(--mode pr\)/);
  // `--branch` of a task is where it begins.
  const launch = protectionOf('main', 'main', [], 'task');
  expect(launch).toMatch(/\(--target-branch <name>\).*\(--delivery pr\)/);
  expect(launch).not.toContain('--branch <');
});
