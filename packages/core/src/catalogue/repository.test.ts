import { describe, expect, it } from 'vitest';
import { repositoryOf, withoutPassword } from './repository.ts';

describe('repositories of the catalogue', () => {
  it('never shows a password', () => {
    for (const userinfo of ['user:secret@', ':token@', 'token@', 'user:p@ss@', '@', '']) {
      expect(withoutPassword(`https://${userinfo}example.test/a.git`)).toBe('https://example.test/a.git');
      expect(withoutPassword(`HTTP://${userinfo}example.test:80`)).toBe('HTTP://example.test:80');
    }
    expect(withoutPassword('https://example.test/a@b')).toBe('https://example.test/a@b');
    expect(withoutPassword('https://example.test?a@b')).toBe('https://example.test?a@b');
    expect(withoutPassword('ssh://git@example.test:22/a.git')).toBe('ssh://git@example.test:22/a.git');
    expect(withoutPassword('ssh://git:p@ss@example.test/a.git')).toBe('ssh://git@example.test/a.git');
    expect(withoutPassword('git+ssh://git:secret@example.test/a')).toBe('git+ssh://git@example.test/a');
    expect(withoutPassword('git@example.test:a.git')).toBe('git@example.test:a.git');
    expect(withoutPassword('/a:b@c/d')).toBe('/a:b@c/d');
  });

  it.each([
    ['/home/me/shop', 'me/shop', 'local'],
    ['file:///srv/shop.git', 'srv/shop', 'local'],
    ['git@github.com:acme/shop.git', 'acme/shop', 'github'],
    ['https://gitlab.com/acme/group/shop', 'group/shop', 'gitlab'],
    ['https://notgithub.com/acme/shop', 'acme/shop', 'git'],
    ['C:\\work\\shop', 'work/shop', 'local'],
  ])('%s is %s at %s', (url, displayName, scmProvider) => {
    expect(repositoryOf(url, undefined, null, 0)).toMatchObject({
      displayName,
      scmProvider,
      defaultBranch: null,
    });
  });

  it('tells tenants apart', () => {
    expect(repositoryOf('/a', 'one', null, 0).id).not.toBe(repositoryOf('/a', 'two', null, 0).id);
    expect(repositoryOf('/a', 'one', null, 0).id).toBe(repositoryOf('/a', 'one', 'main', 9).id);
  });
});
