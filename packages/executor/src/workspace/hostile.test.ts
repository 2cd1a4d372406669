import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createChangeWatcher } from './change-watcher.ts';
import { createGit } from './git.ts';
import {
  deliver,
  fingerprint,
  git,
  type Lab,
  makePipe,
  openLab,
  runOn,
  systemClock,
  write,
} from './testing/lab.ts';

let lab: Lab;
let canary: string;
beforeEach(() => {
  lab = openLab();
  canary = join(lab.root, 'pwned');
});
afterEach(() => {
  const isThere =
    existsSync(canary) ||
    readdirSync(lab.root, { recursive: true }).some((path) =>
      /pwned/.test(String(path).split('/').pop() ?? ''),
    );
  lab.close();
  expect(isThere).toBe(false);
});

const executable = (path: string, script: string) => {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  chmodSync(path, 0o755);
};

/** Every way a repository's own configuration can name a program, as far as we know. */
const poison = (gitDir: string, program: string) => {
  const hooks = [
    'applypatch-msg',
    'fsmonitor-watchman',
    'post-checkout',
    'post-commit',
    'post-index-change',
    'post-merge',
    'post-receive',
    'post-rewrite',
    'post-update',
    'pre-auto-gc',
    'pre-commit',
    'pre-push',
    'pre-receive',
    'push-to-checkout',
    'reference-transaction',
    'update',
  ];
  for (const hook of hooks) executable(join(gitDir, 'hooks', hook), `exec '${program}'`);
  const settings = {
    'core.fsmonitor': program,
    'core.sshCommand': program,
    'core.gitProxy': program,
    'core.editor': program,
    'core.pager': program,
    'core.askPass': program,
    'core.alternateRefsCommand': program,
    'core.hooksPath': join(gitDir, 'hooks'),
    'credential.helper': `!${program}`,
    'diff.external': program,
    'diff.evil.command': program,
    'diff.evil.textconv': program,
    'filter.evil.clean': program,
    'filter.evil.smudge': program,
    'filter.evil.process': program,
    'filter.evil.required': 'true',
    'filter.lfs.clean': program,
    'filter.lfs.smudge': program,
    'filter.lfs.process': program,
    'gpg.program': program,
    'commit.gpgSign': 'true',
    'merge.evil.driver': program,
    'uploadpack.packObjectsHook': program,
    'protocol.ext.allow': 'always',
    'remote.origin.url': `ext::${program}`,
    'remote.origin.uploadpack': program,
    'remote.origin.receivepack': program,
    'remote.origin.vcs': 'evil',
    'url.ext::sh -c x .insteadOf': '/',
    'gc.auto': '1',
    'gc.recentObjectsHook': program,
    'alias.fetch': `!${program}`,
    'alias.update-ref': `!${program}`,
    'receive.procReceiveRefs': 'refs/heads',
    'sequence.editor': program,
  };
  for (const [key, value] of Object.entries(settings))
    git(gitDir, 'config', '--file', join(gitDir, 'config'), key, value);
};

test('the poison works where nobody guards against it', () => {
  const proof = join(lab.root, 'proof');
  const url = lab.repository('source', { 'a.evil': 'x\n', '.gitattributes': '*.evil filter=evil\n' });
  const program = join(lab.root, 'program');
  executable(program, `touch '${proof}'`);
  poison(join(url, '.git'), program);
  try {
    git(url, 'add', '--renormalize', '--all');
  } catch {
    // The filter is none.
  }
  expect(existsSync(proof)).toBe(true);
});

test('a url runs nothing, also one that the contract would not let in', async () => {
  const urls = [
    `ext::sh -c "touch ${canary}"`,
    `fd::3/${canary}`,
    `--upload-pack=touch ${canary};`,
    `-c core.sshCommand=touch`,
    `ssh://-oProxyCommand=touch ${canary}/x`,
    `ssh://-oProxyCommand=touch%20${canary}@host/x`,
    `-oProxyCommand=touch@host:x`,
    `git://127.0.0.1:1/x`,
    `file://${lab.root}/$(touch ${canary})`,
    `/$(touch ${canary})`,
    `${lab.root}/;touch ${canary}`,
    `evil::${canary}`,
  ];
  for (const url of urls) {
    const problem = { code: 'invalid-request', errors: { 'repo.url': [expect.any(String)] } };
    await expect(lab.workspaces.check({ mode: 'git', url }), url).rejects.toMatchObject(problem);
    await expect(lab.workspaces.refs(url), url).rejects.toMatchObject(problem);
    await expect(lab.workspaces.trackedFiles(url, { limit: 1 }), url).rejects.toMatchObject(problem);
  }
});

describe('a source with a hostile configuration', () => {
  test('is read and delivered to without running anything of it', async () => {
    const url = lab.repository('source', {
      'a.evil': 'x\n',
      'big.bin': 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n',
      '.gitattributes': '*.evil filter=evil diff=evil merge=evil\n*.bin filter=lfs diff=lfs -text\n',
      '.gitmodules': `[submodule "x"]\n\tpath = x\n\turl = ext::sh -c "touch ${canary}"\n\tupdate = !touch ${canary}\n`,
    });
    git(url, 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},x`);
    git(url, 'commit', '--quiet', '--message=submodule');
    git(url, 'update-ref', 'refs/heads/-x', 'HEAD');
    git(url, 'update-ref', 'refs/heads/--upload-pack=touch', 'HEAD');
    const program = join(lab.root, 'program');
    executable(program, `touch '${canary}'`);
    write(join(url, '.git'), { 'objects/info/alternates': join(lab.root, 'nowhere') });
    poison(join(url, '.git'), program);
    const before = fingerprint(url, (path) => /^\.git\/(?:objects|refs\/heads\/)/.test(path));

    for (const branch of ['main', '-x', '--upload-pack=touch']) {
      const run = runOn(
        { mode: 'git', url, branch },
        { sessionId: `S${branch.length}`, deliverTo: `--exec=touch${branch}` },
      );
      await lab.workspaces.check(run.repo);
      const workspace = await lab.workspaces.provision(run);
      expect(workspace.branch).toBe(branch);
      expect(await lab.workspaces.files.changes(run.sessionId)).toEqual([]);
      write(workspace.path, { 'a.evil': 'changed\n', 'big.bin': 'really big\n' });
      expect(await lab.workspaces.files.diff(run.sessionId, { context: 3, full: true })).toHaveLength(2);
      expect(await deliver(lab.workspaces, run, 'm')).toMatchObject({ state: 'delivered' });
      await lab.workspaces.release(run.sessionId);
    }
    await lab.workspaces.refs(url);
    await lab.workspaces.trackedFiles(url, { limit: 9 });
    expect(fingerprint(url, (path) => /^\.git\/(?:objects|refs\/heads\/)/.test(path))).toBe(before);
  });
});

describe('a hostile agent', () => {
  test('gets nothing of ours to run: its configuration, hooks, nested repositories, attributes', async () => {
    const url = lab.repository('source', { 'a.txt': 'a\n', 'sub/b.txt': 'b\n' });
    const run = runOn({ mode: 'git', url });
    const workspace = await lab.workspaces.provision(run);
    const program = join(lab.root, 'program');
    executable(program, `touch '${canary}'`);
    poison(join(workspace.path, '.git'), program);
    const nested = join(workspace.path, 'nested');
    mkdirSync(nested);
    git(nested, 'init', '--quiet');
    write(nested, {
      'inner.txt': 'inner\n',
      '.gitattributes': '* filter=evil diff=evil\n',
      '.gitignore': 'out\n',
      out: 'x',
    });
    git(nested, 'add', '--all');
    git(nested, 'commit', '--quiet', '--message=nested');
    poison(join(nested, '.git'), program);
    write(workspace.path, {
      '.gitattributes': '* filter=evil diff=evil merge=evil ident\n*.lfs filter=lfs\n',
      'a.txt': 'changed\n',
      'x.lfs': 'x\n',
      'bare/HEAD': 'ref: refs/heads/main\n',
      'bare/config': `[core]\n\tbare = true\n\tfsmonitor = ${program}\n`,
      'bare/objects/x': '',
      'bare/refs/x': '',
    });
    const reported: unknown[] = [];
    const watcher = createChangeWatcher({
      stateDir: lab.stateDir,
      sessionId: run.sessionId,
      clock: systemClock,
      onEvents: (events) => {
        reported.push(...events);
      },
    });
    await watcher.flush();
    write(nested, { 'inner.txt': 'changed\n' });
    await watcher.flush();
    await watcher.close();
    expect(reported.length).toBeGreaterThan(0);
    const paths = (await lab.workspaces.files.changes(run.sessionId)).map(({ path }) => path);
    expect(paths).toEqual([
      '.gitattributes',
      'a.txt',
      'bare/HEAD',
      'bare/config',
      'bare/objects/x',
      'bare/refs/x',
      'nested/.gitattributes',
      'nested/.gitignore',
      'nested/inner.txt',
      'x.lfs',
    ]);
    expect(await lab.workspaces.files.diff(run.sessionId, { context: 3, full: true })).toHaveLength(
      paths.length,
    );
    expect(await deliver(lab.workspaces, run, 'm')).toMatchObject({ state: 'delivered' });
    expect(git(url, 'show', 'work:nested/inner.txt')).toBe('changed');
    await lab.workspaces.release(run.sessionId);
  });

  test('names files as it likes', async () => {
    const url = lab.repository();
    const run = runOn({ mode: 'git', url });
    const workspace = await lab.workspaces.provision(run);
    const names = [
      '$(touch pwn)',
      '`touch pwn`',
      '; touch pwn',
      '-rf',
      '--output=pwn',
      'a\nb',
      'tab\there',
      '"quoted"',
      "it's",
      ' leading and trailing ',
      ':(top)x',
      'star*[x]?',
      'back\\slash',
      'ünï/cödé/日本.txt',
      'diff --git a/x b/x',
      '\u202egnp.exe',
    ];
    write(workspace.path, Object.fromEntries(names.map((name) => [name, `${name}\n`])));
    const files = await lab.workspaces.files.changes(run.sessionId);
    expect(files.map(({ path }) => path)).toEqual([...names].sort());
    const diffs = await lab.workspaces.files.diff(run.sessionId, { paths: names, context: 3, full: true });
    for (const name of names) {
      const diff = diffs.find(({ path }) => path === name);
      expect(diff).toMatchObject({
        path: name,
        file_content: `${name}\n`,
        lines_added: name === 'a\nb' ? 2 : 1,
      });
      expect(await lab.workspaces.files.content(run.sessionId, name)).toMatchObject({ content: `${name}\n` });
    }
    expect(await deliver(lab.workspaces, run, 'm')).toMatchObject({ state: 'delivered' });
    const listed = git(url, 'ls-tree', '-r', '-z', '--name-only', 'work').split('\0');
    expect(listed).toEqual(expect.arrayContaining(names));
  });

  test('cannot stop the others by names that git refuses, files nobody reads, pipes, and a broken .git', async () => {
    const url = lab.repository();
    const run = runOn({ mode: 'git', url });
    const workspace = await lab.workspaces.provision(run);
    write(workspace.path, {
      'good.txt': 'x\n',
      '.gitattributes': '*.enc working-tree-encoding=UTF-16\n*.odd working-tree-encoding=nonsense\n',
      'a.enc': 'not UTF-16',
      'b.odd': 'x',
      '.GIT/config': 'x',
      'git~1/config': 'x',
      'sub/.git/config': 'x',
      'sub/.Git /x': 'x',
      'locked.txt': 'x',
      '.git/index': 'broken',
      '.git/HEAD': 'broken',
      '.git/info/exclude': '*\n',
    });
    symlinkSync('/etc/passwd', join(workspace.path, '.gitmodules'));
    chmodSync(join(workspace.path, 'locked.txt'), 0);
    writeFileSync(Buffer.from(`${workspace.path}/not-utf8-\xff`, 'latin1'), 'x');
    const folder = Buffer.from(`${workspace.path}/also\xff`, 'latin1');
    mkdirSync(folder);
    writeFileSync(Buffer.concat([folder, Buffer.from('/not-utf8-\xfe', 'latin1')]), 'x');
    makePipe(join(workspace.path, 'pipe'));
    rmSync(join(workspace.path, 'readme.md'));
    makePipe(join(workspace.path, 'readme.md'));
    const paths = (await lab.workspaces.files.changes(run.sessionId)).map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['good.txt', 'readme.md', 'not-utf8-\ufffd']));
    expect(paths.filter((path) => /git/i.test(path))).toEqual(['.gitattributes']);
    // What is listed can be opened by the name it is listed by.
    const { files, look } = lab.workspaces;
    for (const place of ['not-utf8-\ufffd', 'also\ufffd/not-utf8-\ufffd']) {
      expect(await files.content(run.sessionId, place)).toMatchObject({
        path: place,
        content: 'x',
        is_modified: true,
      });
      const heads = await look.heads(run.sessionId, [place], { maxBytes: 10 });
      expect(heads.get(place)?.head.toString()).toBe('x');
    }
    const missing = { code: 'file-not-found' };
    await expect(files.content(run.sessionId, 'none-\ufffd')).rejects.toMatchObject(missing);
    expect(await deliver(lab.workspaces, run, 'm')).toMatchObject({ state: 'delivered' });
    git(url, 'fsck', '--strict');
  });
});

test('git inherits nothing and asks nobody', async () => {
  const root = join(lab.root, 'bin');
  executable(join(root, 'git'), 'env; printf "%s\\n" "$@"; test ! -t 0 || echo terminal');
  const environment = {
    PATH: `${root}:${process.env.PATH}`,
    HOME: '/home/someone',
    SECRET: 's3cret',
    SSH_AUTH_SOCK: '/agent',
    GIT_DIR: '/elsewhere',
    GIT_CONFIG_COUNT: '1',
    GIT_SSH_COMMAND: 'touch',
    GIT_EXTERNAL_DIFF: 'touch',
  };
  const git = createGit({ clock: systemClock, environment });
  const own = await git.text(['x']);
  expect(own).not.toMatch(
    /s3cret|elsewhere|GIT_CONFIG_COUNT|GIT_SSH_COMMAND|GIT_EXTERNAL_DIFF|someone|terminal/,
  );
  expect(own).toContain('GIT_TERMINAL_PROMPT=0');
  expect(own).toContain('GIT_CONFIG_NOSYSTEM=1');
  expect(own).toContain('GIT_ALLOW_PROTOCOL=none');
  const host = await git.text(['x'], { asHost: true, protocols: 'ssh' });
  expect(host).not.toMatch(
    /elsewhere|GIT_CONFIG_COUNT|GIT_SSH_COMMAND|GIT_EXTERNAL_DIFF|GIT_CONFIG_NOSYSTEM/,
  );
  expect(host).toContain('SSH_AUTH_SOCK=/agent');
  expect(host).toContain('HOME=/home/someone');
  expect(host).toContain('GIT_ALLOW_PROTOCOL=ssh');
});
