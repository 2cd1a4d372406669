import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ProvisionedWorkspace, Run } from '@agent-harbor/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type GitServer, hasGitServer, password, startGitServer } from './testing/git-server.ts';
import { deliver, fingerprint, git, type Lab, openLab, runOn, write } from './testing/lab.ts';
import { createWorkspaces } from './workspaces.ts';

let lab: Lab;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => lab.close());

/** A session that changed a file. */
const worked = async (run: Run): Promise<ProvisionedWorkspace> => {
  const workspace = await lab.workspaces.provision(run);
  write(workspace.path, { 'readme.md': `# Changed by ${run.sessionId}\n` });
  return workspace;
};

describe('into a repository of this host', () => {
  test('adds objects and one branch, and touches nothing else', async () => {
    const url = lab.repository();
    // What a user has lying around: staged, changed, ignored and untracked files, a stash, hooks, a reflog.
    write(url, { '.gitignore': '*.log\n', 'a.log': 'x', 'staged.txt': 'x', 'src/a.ts': 'changed\n' });
    git(url, 'add', '.gitignore', 'staged.txt');
    git(url, 'config', 'gc.auto', '1');
    git(url, 'config', 'core.logAllRefUpdates', 'always');
    for (const hook of [
      'reference-transaction',
      'post-checkout',
      'update',
      'pre-receive',
      'post-update',
      'fsmonitor',
    ]) {
      const path = join(url, '.git/hooks', hook);
      mkdirSync(join(url, '.git/hooks'), { recursive: true });
      writeFileSync(path, `#!/bin/sh\ntouch '${lab.root}/canary-${hook}'\n`);
      chmodSync(path, 0o755);
    }
    git(url, 'config', 'core.fsmonitor', '.git/hooks/fsmonitor');
    const isDelivery = (path: string) => /^\.git\/(?:objects(?:$|\/)|refs\/heads\/work$)/.test(path);
    const objects = git(url, 'cat-file', '--batch-all-objects', '--batch-check').split('\n');
    const canaries = () => readdirSync(lab.root).filter((name) => name.startsWith('canary'));
    const canariesBefore = canaries();
    const before = fingerprint(url, isDelivery);

    const run = runOn({ mode: 'git', url });
    const workspace = await worked(run);
    const { commit } = await deliver(lab.workspaces, run, 'Change it\n\nIn detail.\n');

    expect(fingerprint(url, isDelivery)).toBe(before);
    expect(canaries()).toEqual(canariesBefore);
    const after = git(url, 'cat-file', '--batch-all-objects', '--batch-check').split('\n');
    expect(after.length - objects.length).toBe(3);
    expect(git(url, 'rev-parse', 'work')).toBe(commit);
    expect(git(url, 'log', '-1', '--format=%an <%ae> %cn %P%n%B', 'work')).toBe(
      `Agent Harbor <agent-harbor@localhost> Agent Harbor ${workspace.baseCommit}\nChange it\n\nIn detail.\n`.trimEnd(),
    );
    git(url, 'fsck', '--strict');
  });

  test('has nothing to deliver when nothing changed, or delivery is not wished', async () => {
    const url = lab.repository();
    const run = runOn({ mode: 'git', url });
    await lab.workspaces.provision(run);
    const nothing = { state: 'nothing-to-deliver', reason: expect.any(String) };
    expect(await deliver(lab.workspaces, { ...run, deliverTo: null }, 'm')).toEqual(nothing);
    expect(await deliver(lab.workspaces, run, 'm')).toEqual(nothing);
    expect(git(url, 'branch', '--list', 'work')).toBe('');
  });

  test('finds what it delivered before', async () => {
    const url = lab.repository();
    const run = runOn({ mode: 'git', url });
    const workspace = await worked(run);
    const first = await deliver(lab.workspaces, run, 'm');
    write(workspace.path, { 'readme.md': 'changed later\n' });
    expect(await deliver(lab.workspaces, run, 'another message')).toEqual(first);
    expect(first.state).toBe('delivered');
  });

  test('leaves a taken branch as it is and says the way out', async () => {
    const url = lab.repository();
    git(url, 'switch', '--quiet', '--create', 'work');
    git(url, 'commit', '--quiet', '--allow-empty', '--message=mine');
    git(url, 'switch', '--quiet', 'main');
    const mine = git(url, 'rev-parse', 'work');
    const run = runOn({ mode: 'git', url });
    const result = await worked(run).then(() => deliver(lab.workspaces, run, 'm'));
    expect(result).toMatchObject({ state: 'failed', branch: 'work' });
    expect(result.reason).toContain(`"work" is at ${mine.slice(0, 10)} and has commits`);
    expect(result.reason).toContain('Deliver to a name that is free');
    expect(git(url, 'rev-parse', 'work')).toBe(mine);
  });

  test('numbers a name of ours when it is taken', async () => {
    const url = lab.repository();
    const run = runOn({ mode: 'git', url });
    const name = `ah/do-it-${run.sessionId.slice(-8).toLowerCase()}`;
    git(url, 'commit', '--quiet', '--allow-empty', '--message=other');
    git(url, 'branch', name);
    git(url, 'reset', '--quiet', '--hard', 'HEAD~');
    await worked(run);
    const ours = { ...run, deliverTo: name };
    expect(await deliver(lab.workspaces, ours, 'm')).toMatchObject({ branch: `${name}-2` });
    expect(await deliver(lab.workspaces, ours, 'm')).toMatchObject({ branch: `${name}-2` });
  });

  test('moves a branch that is where the work began, unless it is checked out somewhere', async () => {
    const url = lab.repository();
    git(url, 'branch', 'work');
    const run = runOn({ mode: 'git', url });
    await worked(run);
    const linked = join(lab.root, 'linked');
    git(url, 'worktree', 'add', '--quiet', linked, 'work');
    const refused = await deliver(lab.workspaces, run, 'm');
    expect(refused).toMatchObject({ state: 'failed' });
    expect(refused.reason).toContain(`checked out in ${linked}`);
    expect(git(linked, 'status', '--porcelain')).toBe('');
    const onMain = await deliver(lab.workspaces, { ...run, deliverTo: 'main' }, 'm');
    expect(onMain.reason).toContain('"main" is the default branch');
    git(url, 'worktree', 'remove', linked);
    expect(await deliver(lab.workspaces, run, 'm')).toMatchObject({ state: 'delivered' });
  });

  test('refuses a branch that moved meanwhile, the unborn one, and a name that cannot be', async () => {
    const url = lab.repository();
    git(url, 'branch', 'dev');
    const run = runOn({ mode: 'git', url, branch: 'dev' }, { deliverTo: 'dev' });
    await worked(run);
    git(url, 'commit', '--quiet', '--allow-empty', '--message=moved');
    git(url, 'branch', '--force', 'dev', 'main');
    expect(await deliver(lab.workspaces, run, 'm')).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('has commits that this work does not have: it moved'),
    });
    git(url, 'checkout', '--quiet', '--orphan', 'fresh');
    expect(await deliver(lab.workspaces, { ...run, deliverTo: 'fresh' }, 'm')).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('"fresh" is the default branch'),
    });
    expect(await deliver(lab.workspaces, { ...run, deliverTo: 'dev/sub' }, 'm')).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining("'refs/heads/dev' exists"),
    });
  });

  test('delivers whole history where the base is gone, in one pack', async () => {
    const url = lab.repository(
      'many',
      Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`f${index}`, `${index}\n`])),
    );
    const run = runOn({ mode: 'git', url });
    const workspace = await worked(run);
    git(url, 'checkout', '--quiet', '--orphan', 'other');
    git(url, 'commit', '--quiet', '--message=all new');
    git(url, 'branch', '--delete', '--force', 'main');
    git(url, 'reflog', 'expire', '--expire=now', '--all');
    git(url, 'gc', '--quiet', '--prune=now');
    expect(await deliver(lab.workspaces, run, 'm')).toMatchObject({ state: 'delivered' });
    git(url, 'fsck', '--full');
    expect(git(url, 'rev-parse', 'work~')).toBe(workspace.baseCommit);
  });

  test('delivers names and messages byte for byte', async () => {
    const url = lab.repository();
    const run = runOn({ mode: 'git', url }, { deliverTo: "-x/$(touch$IFS'pwned');'ü'\"" });
    const message = '-m "$(touch pwned)"\n\n# kept\nü\u0000\n';
    await worked(run);
    expect(await deliver(lab.workspaces, run, message)).toMatchObject({
      state: 'delivered',
      branch: run.deliverTo,
    });
    expect(git(url, 'log', '-1', '--format=%B', `refs/heads/${run.deliverTo}`)).toBe(
      '-m "$(touch pwned)"\n\n# kept\nü',
    );
  });

  test('fails with a reason when the source is gone, and has the work afterwards', async () => {
    const url = lab.repository();
    const run = runOn({ mode: 'git', url });
    await worked(run);
    renameSync(url, `${url}-moved`);
    expect(await deliver(lab.workspaces, run, 'm')).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('not a git repository'),
    });
    renameSync(`${url}-moved`, url);
    expect(await deliver(lab.workspaces, run, 'm')).toMatchObject({ state: 'delivered' });
  });

  test('uses the author it was given', async () => {
    const url = lab.repository();
    const author = { name: 'Robo "T" Fan', email: 'robo@example.org' };
    const workspaces = createWorkspaces({
      stateDir: join(lab.root, 'other'),
      clock: { now: () => 1_800_000_000_999, schedule: () => () => {} },
      author,
    });
    const run = runOn({ mode: 'git', url });
    const workspace = await workspaces.provision(run);
    expect(git(workspace.path, 'config', 'user.name')).toBe(author.name);
    write(workspace.path, { x: 'x' });
    await deliver(workspaces, run, 'm');
    expect(git(url, 'log', '-1', '--format=%an|%ce|%at', 'work')).toBe(
      `${author.name}|${author.email}|1800000000`,
    );
  });
});

// git's own server program is not part of every installation.
describe.skipIf(!hasGitServer)('over the network', () => {
  let server: GitServer;
  let bare: string;
  beforeEach(async () => {
    bare = join(lab.root, 'served', 'project.git');
    git(lab.root, 'clone', '--quiet', '--bare', lab.repository(), bare);
    git(bare, 'config', 'http.receivepack', 'true');
    server = await startGitServer(join(lab.root, 'served'));
  });
  afterEach(() => server.close());

  test('fetches and pushes with the credentials of the url, which nobody sees', async () => {
    const url = server.url('project.git');
    const run = runOn({ mode: 'git', url });
    await lab.workspaces.check(run.repo);
    const workspace = await worked(run);
    expect(workspace.branch).toBe('main');
    expect((await lab.workspaces.refs(url)).branches).toMatchObject([{ name: 'main' }]);
    const result = await deliver(lab.workspaces, run, 'm');
    expect(result).toMatchObject({ state: 'delivered' });
    expect(git(bare, 'rev-parse', 'work')).toBe(result.commit);
    expect(await deliver(lab.workspaces, run, 'm')).toEqual(result);
    await lab.workspaces.release(run.sessionId);
    for (const name of readdirSync(lab.stateDir, { recursive: true, encoding: 'utf8' })) {
      const path = join(lab.stateDir, name);
      if (statSync(path).isFile()) expect(readFileSync(path).includes(password)).toBe(false);
    }
  });

  test('gives no program the user or the password as an argument, and asks the host for a password by its user', async () => {
    const real = join(process.env.PATH ?? '');
    const log = join(lab.root, 'argv.log');
    write(lab.root, {
      'bin/git': `#!/bin/sh\nprintf '%s\\n' "$@" >>'${log}'\nPATH='${real}' exec git "$@"\n`,
    });
    chmodSync(join(lab.root, 'bin/git'), 0o755);
    const helper = `test "$1" != get || { grep -q '^username=someone$' && echo 'password=${password}'; }`;
    const escaped = `!f() { ${helper}; }; f`.replaceAll('"', '\\"');
    write(lab.root, { 'home/.gitconfig': `[credential]\n\thelper = "${escaped}"\n` });
    const watched = openLab({ PATH: `${lab.root}/bin:${real}`, HOME: join(lab.root, 'home') });
    const withUser = server.url('project.git').replace(`:${encodeURIComponent(password)}`, '');
    try {
      await watched.workspaces.check({ mode: 'git', url: server.url('project.git') });
      await watched.workspaces.check({ mode: 'git', url: withUser });
      const withoutUser = { mode: 'git', url: `${server.origin}/project.git` } as const;
      await expect(watched.workspaces.check(withoutUser)).rejects.toMatchObject({ code: 'invalid-request' });
    } finally {
      watched.close();
    }
    const argv = readFileSync(log, 'utf8');
    expect(argv).toContain('/project.git');
    for (const secret of [password, encodeURIComponent(password), 'someone'])
      expect(argv).not.toContain(secret);
  });

  test('says what is wrong without the password', async () => {
    const url = server.url('nothing.git');
    const problem = await lab.workspaces.check({ mode: 'git', url }).catch((error: unknown) => error);
    expect(problem).toMatchObject({ code: 'invalid-request', errors: { 'repo.url': [expect.any(String)] } });
    expect(String(problem)).not.toContain(encodeURIComponent(password));
    const stranger = url.replace(encodeURIComponent(password), 'wrong');
    const refused = await lab.workspaces.check({ mode: 'git', url: stranger }).catch(String);
    expect(refused).toMatch(/repo\.url: cannot be read/);
    expect(refused).not.toContain('wrong');
    await expect(
      lab.workspaces.check({ mode: 'git', url: `${server.origin}/project.git` }),
    ).rejects.toMatchObject({
      code: 'invalid-request',
    });
  });

  test('never overwrites: taken, moved, refused by the server', async () => {
    const url = server.url('project.git');
    const run = runOn({ mode: 'git', url });
    await worked(run);
    const empty = git(bare, 'commit-tree', '-m', 'theirs', 'HEAD^{tree}');
    git(bare, 'update-ref', 'refs/heads/work', empty);
    expect(await deliver(lab.workspaces, run, 'm')).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('has commits that this work does not have'),
    });
    expect(git(bare, 'rev-parse', 'work')).toBe(empty);
    mkdirSync(join(bare, 'hooks'), { recursive: true });
    writeFileSync(join(bare, 'hooks/pre-receive'), '#!/bin/sh\necho not on a Sunday\nexit 1\n', {
      mode: 0o755,
    });
    expect(await deliver(lab.workspaces, { ...run, deliverTo: 'sunday' }, 'm')).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('pre-receive hook declined'),
    });
  });
});
