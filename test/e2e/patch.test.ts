import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { apiOf, story } from './api.ts';
import { runAh, startServer, temporaryFolder } from './program.ts';
import { createRepository, git } from './repository.ts';

/** What the agent does: something of every kind. */
const work = `
  const fs = require('node:fs');
  const lines = (count, word) => Array.from({ length: count }, (_, index) => word + ' ' + index + '\\n').join('');
  fs.writeFileSync('edited.txt', lines(40, 'line').replace('line 7\\n', 'seven\\n').replace('line 30\\n', ''));
  fs.writeFileSync('crlf.txt', 'one\\r\\nTWO\\r\\nthree\\r\\n');
  fs.writeFileSync('no-end.txt', 'no line end any more');
  fs.writeFileSync('latin.txt', Buffer.from('caf\\xe8\\n', 'latin1'));
  fs.writeFileSync('binary.bin', Buffer.from([0, 255, 1, 254, 13, 10, 0]));
  fs.writeFileSync('new.bin', Buffer.from(Array.from({ length: 70000 }, (_, index) => (index * 7919) % 256)));
  fs.renameSync('moved.txt', 'to here.txt');
  fs.renameSync('moved-and-changed.txt', 'ünïcode "quoted".txt');
  fs.appendFileSync('ünïcode "quoted".txt', 'more\\n');
  fs.chmodSync('run.sh', 0o755);
  fs.unlinkSync('deleted.txt');
  fs.unlinkSync('link');
  fs.symlinkSync('elsewhere', 'link');
  fs.unlinkSync('becomes-a-link');
  fs.symlinkSync('/etc/passwd', 'becomes-a-link');
  fs.mkdirSync('deep/er', { recursive: true });
  fs.writeFileSync('deep/er/empty', '');
  fs.writeFileSync('long.txt', lines(3000, 'long'));
`;
const lines = (count: number, word: string) =>
  Array.from({ length: count }, (_, index) => `${word} ${index}\n`).join('');

it('gives a patch that makes the delivered tree of a second clone', async () => {
  const folder = await temporaryFolder();
  const stateDir = join(folder.path, 'state');
  const server = await startServer(stateDir);
  try {
    const api = await apiOf(server);
    const repo = await createRepository(join(folder.path, 'repo'), {
      'edited.txt': lines(40, 'line'),
      'crlf.txt': 'one\r\ntwo\r\nthree\r\n',
      'no-end.txt': 'a line end\n',
      'moved.txt': lines(9, 'moved'),
      'moved-and-changed.txt': lines(20, 'changed'),
      'run.sh': '#!/bin/sh\n',
      'deleted.txt': 'gone soon\n',
      'becomes-a-link': 'a file\n',
    });
    await writeFile(join(repo, 'latin.txt'), Buffer.from('caf\xe9\n', 'latin1'));
    await writeFile(join(repo, 'binary.bin'), Buffer.from([0, 1, 2]));
    await symlink('somewhere', join(repo, 'link'));
    await git(repo, 'add', '--all');
    await git(repo, 'commit', '--quiet', '--message', 'More');
    const staged = await git(repo, 'ls-files', '--stage');

    const id = await api.launch({
      prompt: 'Change something of every kind',
      repo: { mode: 'git', url: repo, branch: 'main' },
      agent: { type: 'command', settings: { command: [process.execPath, '-e', work] } },
      delivery: { mode: 'branch', targetBranch: 'delivered' },
    });
    const frames = await api.frames(id);
    expect(story(frames).at(-1), JSON.stringify(frames.at(-1))).toBe('completed');
    const wanted = await git(repo, 'rev-parse', 'delivered^{tree}');
    expect(wanted).not.toBe(await git(repo, 'rev-parse', 'main^{tree}'));

    const file = join(folder.path, 'work.patch');
    const connect = ['--rest-base', server.url, '--state-dir', stateDir];
    const saved = await runAh(['session', 'patch', id, '--output', file, ...connect]);
    expect(saved).toMatchObject({ code: 0, stderr: '' });
    const patch = await readFile(file);
    const served = await api.call('GET', `/api/v1/sessions/${id}/patch`);
    expect(served.headers.get('content-type')).toBe('text/x-patch');
    expect(Buffer.from(await served.arrayBuffer()).equals(patch)).toBe(true);

    const mailed = join(folder.path, 'mailed');
    await git(folder.path, 'clone', '--quiet', repo, mailed);
    await git(mailed, 'am', '--quiet', '--keep-cr', '--', file);
    expect(await git(mailed, 'rev-parse', 'HEAD^{tree}')).toBe(wanted);
    expect(await git(mailed, 'log', '-1', '--format=%B')).toBe(
      await git(repo, 'log', '-1', '--format=%B', 'delivered'),
    );
    const applied = join(folder.path, 'applied');
    await git(folder.path, 'clone', '--quiet', repo, applied);
    await execa('git', ['apply', '--index', '-'], { cwd: applied, input: patch });
    expect(await git(applied, 'write-tree')).toBe(wanted);

    // What the events leave out can be had where they say.
    const cut = frames.flatMap(({ event }) =>
      event.type === 'diff' && event.fullDiffUrl ? [event.fullDiffUrl] : [],
    );
    expect(cut).toEqual([`/api/v1/sessions/${id}/diff/long.txt`]);
    expect(await api.json('GET', cut[0] ?? '')).toMatchObject({ lines_added: 3000, truncated: false });

    // A file outside is a file that is not there, however it is named.
    await mkdir(join(folder.path, 'outside'));
    await writeFile(join(folder.path, 'outside', 'canary'), 'CANARY');
    const ways = [
      '../outside/canary',
      `${folder.path}/outside/canary`,
      '..%2foutside',
      'becomes-a-link',
      '.git/config',
    ];
    for (const way of ways) {
      const segment = encodeURIComponent(way);
      for (const route of [
        `files/${segment}`,
        `files/${segment}/content`,
        `diff/${segment}`,
        `diff?files=${segment}`,
        `patch?files=${segment}`,
      ]) {
        const answer = await api.call('GET', `/api/v1/sessions/${id}/${route}`);
        const text = await answer.text();
        expect([200, 400, 404], `${route} ${text}`).toContain(answer.status);
        expect(text).not.toMatch(/CANARY|root:|\[core\]/);
      }
    }
    expect(await git(repo, 'ls-files', '--stage')).toBe(staged);
    expect(await git(repo, 'status', '--porcelain')).toBe('');
  } finally {
    await server.stop();
    await folder.remove();
  }
}, 120_000);
