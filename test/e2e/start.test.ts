import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiOf, isSubsequence, story } from './api.ts';
import { type Finished, runAh, startServer, temporaryFolder } from './program.ts';
import { createRepository, git } from './repository.ts';

describe('ah start --once', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let finished: Finished;
  let stateDir: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    stateDir = join(folder.path, 'state');
    finished = await runAh(['start', '--once', '--port', '0', '--state-dir', stateDir]);
  }, 60_000);
  afterAll(() => folder.remove());

  it('ends well, and shows the diff, the branch and what to type next', () => {
    expect(finished.stderr).not.toMatch(/error/i);
    expect(finished.code).toBe(0);
    expect(finished.stdout).toMatch(/^[-+]{3} /m);
    expect(finished.stdout).toMatch(/ah\/[\w-]+/);
    expect(finished.stdout).toContain('git ');
  });

  it('leaves the branch in the demo repository, and its tests pass on it', async () => {
    const server = await startServer(stateDir);
    try {
      const api = await apiOf(server);
      const { items } = await api.json('GET', '/api/v1/sessions');
      const [session] = items as { id: string; repo: { url: string }; delivered: { branch: string } }[];
      if (session === undefined) throw new Error('There is no session.');
      const frames = await api.frames(session.id);
      expect(
        isSubsequence(
          [
            'queued',
            'provisioning',
            'running',
            'thought',
            'tool_use',
            'tool_result',
            'file_edit',
            'delivery',
            'completed',
          ],
          story(frames),
        ),
        story(frames).join(' '),
      ).toBe(true);
      expect(frames.map(({ event }) => event.seq)).toEqual(frames.map((_, index) => index + 1));
      expect(new Set(frames.map(({ id }) => id)).size).toBe(frames.length);

      const copy = join(folder.path, 'copy');
      await git(
        folder.path,
        'clone',
        '--quiet',
        '--branch',
        session.delivered.branch,
        '--',
        session.repo.url,
        copy,
      );
      expect(
        (await execa(process.execPath, ['--test'], { cwd: copy, reject: false, env: { NODE_OPTIONS: '' } }))
          .exitCode,
      ).toBe(0);
      await git(copy, 'checkout', '--quiet', 'origin/HEAD');
      expect(
        (await execa(process.execPath, ['--test'], { cwd: copy, reject: false, env: { NODE_OPTIONS: '' } }))
          .exitCode,
      ).not.toBe(0);
    } finally {
      await server.stop();
    }
  }, 60_000);
});

describe('ah start --once on the user’s own repository', () => {
  it('runs any program and fails when the agent fails', async () => {
    const folder = await temporaryFolder();
    try {
      const repo = await createRepository(join(folder.path, 'mine'), { 'a.txt': 'one\n' });
      const common = [
        'start',
        '--once',
        '--port',
        '0',
        '--state-dir',
        join(folder.path, 'state'),
        '--repo',
        repo,
      ];
      const agent = (...argv: string[]) => [
        '--agent',
        'command',
        '--setting',
        `command=${JSON.stringify(argv)}`,
      ];
      const writes = agent('sh', '-c', 'echo "$1" > a.txt', 'sh', '{prompt}');
      const good = await runAh([...common, '--prompt', 'two', ...writes]);
      expect(good.code, good.stdout + good.stderr).toBe(0);
      const branches = await git(repo, 'branch', '--list', 'ah/*', '--format=%(refname:short)');
      expect(await git(repo, 'show', `${branches.trim()}:a.txt`)).toBe('two');
      expect(await git(repo, 'status', '--porcelain')).toBe('');
      const fails = agent('sh', '-c', 'echo broken >&2; exit 3');
      const bad = await runAh([...common, '--prompt', 'x', ...fails]);
      expect(bad.code).not.toBe(0);
      expect(bad.stdout + bad.stderr).toContain('broken');
    } finally {
      await folder.remove();
    }
  }, 60_000);
});
