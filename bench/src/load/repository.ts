import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stage } from '../stage.ts';

const settings = [
  '-c',
  'user.name=Bench',
  '-c',
  'user.email=bench@agent-harbor.invalid',
  '-c',
  'commit.gpgSign=false',
];

/** A repository with one commit of so many files of about 2 KB, made once in a run. */
export const repositoryOf = (stage: Stage, files: number): Promise<string> =>
  stage.once(`a repository of ${files} files`, async () => {
    const folder = stage.folder('repository');
    const git = (...args: readonly string[]) =>
      execFileSync('git', [...settings, '-C', folder, ...args], { stdio: 'ignore' });
    git('init', '--quiet', '--initial-branch=main');
    for (let number = 0; number < files; number++) {
      const place = join(folder, `part-${number % 40}`);
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, `file-${number}.txt`), `${number} ${'A line of text.\n'.repeat(125)}`);
    }
    git('add', '--all');
    git('commit', '--quiet', '--message', 'Begin');
    return folder;
  });
