import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { apiOf, story } from './api.ts';
import { startServer, temporaryFolder } from './program.ts';
import { createRepository, git } from './repository.ts';

it('hands prompt, branch and file names to the agent byte for byte, and nothing else happens', async () => {
  const folder = await temporaryFolder();
  const server = await startServer(join(folder.path, 'state'));
  try {
    const api = await apiOf(server);
    const canary = join(folder.path, 'canary');
    const prompt = `--flag "double" 'single' \`touch ${canary}\` $(touch ${canary}); touch ${canary} & \\ \n-second line\t{x} é 😀`;
    const branch = `-x"q'$(touch$`.concat('{IFS}canary);é');
    const fileName = `-f "quoted" 'x' $(touch canary)\nnewline é.txt`;
    const repo = await createRepository(join(folder.path, 'repo'), { [fileName]: 'content\n' });
    await git(repo, 'update-ref', `refs/heads/${branch}`, 'HEAD');
    const report = join(folder.path, 'report.json');
    const agent = [
      process.execPath,
      '-e',
      `const fs = require('node:fs');
       fs.writeFileSync(${JSON.stringify(report)}, JSON.stringify({ argv: process.argv.slice(1), branch: process.env.AH_BRANCH, start: fs.readFileSync('.git/HEAD', 'utf8'), files: fs.readdirSync('.').filter((f) => f !== '.git') }));
       fs.appendFileSync(fs.readdirSync('.').find((f) => f !== '.git'), 'more\\n');`,
      '--',
      '{prompt}',
      'a{prompt}b',
    ];
    // Git makes no branch that begins with a dash, and we deliver to none.
    const target = `done${branch}`;
    const id = await api.launch({
      prompt,
      repo: { mode: 'git', url: repo, branch },
      agent: { type: 'command', settings: { command: agent } },
      delivery: { mode: 'branch', targetBranch: target },
    });
    const frames = await api.frames(id);
    expect(story(frames).at(-1), JSON.stringify(frames.at(-1))).toBe('completed');
    expect(JSON.parse(await readFile(report, 'utf8'))).toEqual({
      argv: [prompt, `a${prompt}b`],
      branch: target,
      start: `ref: refs/heads/${branch}\n`,
      files: [fileName],
    });
    const edits = frames.flatMap(({ event }) => (event.type === 'file_edit' ? [event.file_path] : []));
    expect(edits).toEqual([fileName]);
    expect(await git(repo, 'show', `refs/heads/${target}:${fileName}`)).toBe('content\nmore');
    const answer = await api.json('GET', `/api/v1/sessions/${id}/diff/${encodeURIComponent(fileName)}`);
    expect(answer).toMatchObject({ path: fileName, lines_added: 1 });
    expect(await readdir(folder.path)).not.toContain('canary');
    expect(await readdir(repo)).not.toContain('canary');
    expect(await git(repo, 'status', '--porcelain')).toBe('');
  } finally {
    await server.stop();
    await folder.remove();
  }
}, 60_000);
