import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createGit } from './git.ts';
import { createKnownSources, NotARepository, openSource, readHeads } from './source.ts';
import { git, type Lab, openLab, systemClock, write } from './testing/lab.ts';

let lab: Lab;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => lab.close());

const ours = createGit({ clock: systemClock });
const open = (url: string) => openSource(ours, url);

test('knows a repository by all its names, and never takes its parent', async () => {
  const url = lab.repository('with space & ü');
  git(url, 'worktree', 'add', '--quiet', join(lab.root, 'linked'));
  symlinkSync(url, join(lab.root, 'link'));
  git(lab.root, 'clone', '--quiet', '--bare', url, 'bare.git');
  const names = [
    url,
    `${url}/`,
    join(url, '.git'),
    pathToFileURL(url).href,
    join(lab.root, 'link'),
    join(lab.root, 'linked'),
  ];
  const keys = await Promise.all(names.map(async (name) => (await open(name)).key));
  expect(new Set(keys).size).toBe(1);
  const bare = await open(join(lab.root, 'bare'));
  expect(bare).toMatchObject({ kind: 'local', gitDir: join(lab.root, 'bare.git') });
  expect(bare.key).not.toBe(keys[0]);
  for (const wrong of [join(url, 'src'), lab.root, join(url, 'readme.md'), '/dev/null']) {
    await expect(open(wrong)).rejects.toThrow(NotARepository);
  }
});

test('remembers only what lies where it is named, and only while it is the same', async () => {
  const url = lab.repository('one');
  const other = lab.repository('two');
  git(url, 'worktree', 'add', '--quiet', join(lab.root, 'linked'));
  git(lab.root, 'clone', '--quiet', '--bare', url, 'bare.git');
  const link = join(lab.root, 'link');
  symlinkSync(url, link);
  const known = createKnownSources();
  const recall = async (name: string) => {
    await known.remember(name, await open(name));
    return known.recall(name);
  };
  expect(await known.recall(url)).toBeUndefined();
  for (const plain of [url, `file://${url}`, join(lab.root, 'bare.git'), link]) {
    expect(await recall(plain)).toEqual(await open(plain));
  }
  for (const elsewhere of [join(lab.root, 'linked'), join(lab.root, 'bare'), 'https://host.example/a.git']) {
    expect(await recall(elsewhere)).toBeUndefined();
  }
  rmSync(link);
  symlinkSync(other, link);
  expect(await known.recall(link)).toBeUndefined();
  expect(await recall(link)).toEqual(await open(other).then((source) => ({ ...source, operand: link })));
  write(other, { '.git/commondir': join(url, '.git') });
  expect(await known.recall(link)).toBeUndefined();
  rmSync(join(url, '.git'), { recursive: true });
  expect(await known.recall(url)).toBeUndefined();
});

test('keeps users and passwords out of operands and of settings, and passwords out of the name of the copy', async () => {
  const source = await open('https://me:p%40ss@host.example:8443/a/b.git?x=@1');
  expect(source.operand).toBe('https://host.example:8443/a/b.git?x=@1');
  expect(source.call.environment).toEqual({ AH_GIT_USERNAME: 'me', AH_GIT_PASSWORD: 'p@ss' });
  expect(Object.keys(source.call.config ?? {})).toContain('credential.https://host.example:8443.helper');
  expect(JSON.stringify(source.call.config)).not.toContain('p@ss');
  expect((await open('https://me:other@host.example:8443/a/b.git?x=@1')).key).toBe(source.key);
  expect((await open('https://:token@host/x')).operand).toBe('https://host/x');
  const byToken = await open('https://t%6fken@host/x');
  expect(byToken).toMatchObject({
    operand: 'https://host/x',
    call: { asHost: true, protocols: 'http:https' },
  });
  expect(JSON.stringify(byToken.call.config ?? {})).not.toContain('token');
  expect(Object.values(byToken.call.environment ?? {})).toContain('token');
  expect(byToken.key).not.toBe((await open('https://host/x')).key);
  expect((await open('ssh://git:secret@host/x')).operand).toBe('ssh://git@host/x');
});

test('leaves other urls to the host, with the transport they name and no other', async () => {
  for (const [url, protocols] of [
    ['https://host/x', 'http:https'],
    ['ssh://git@host/x', 'ssh'],
    ['git@host:a/b.git', 'ssh'],
  ] as const) {
    expect(await open(url)).toMatchObject({
      kind: 'remote',
      operand: url,
      call: { asHost: true, protocols },
    });
  }
});

test('reads heads, tags and where the repository stands', async () => {
  const url = lab.repository();
  git(url, 'tag', '--annotate', '--message=x', 'v1');
  git(url, 'branch', 'a/HEAD');
  git(url, 'update-ref', 'refs/remotes/origin/HEAD', 'HEAD');
  const commit = git(url, 'rev-parse', 'HEAD');
  const source = await open(url);
  expect(await readHeads(ours, source)).toEqual({
    head: { commit, branch: 'main' },
    branches: new Map([
      ['a/HEAD', commit],
      ['main', commit],
    ]),
    tags: new Map([['v1', git(url, 'rev-parse', 'v1')]]),
  });
});
