import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpResponse, http } from 'msw';
import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';
import { forgesOf } from './forges.ts';

test('tokens come from variables and files, each for its own forge', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-forges-'));
  try {
    await writeFile(join(folder, 'token'), ' from-a-file \n');
    const asked: string[] = [];
    const environment = { GITHUB_TOKEN: 'for-github', GITLAB_TOKEN: 'for-gitlab' };
    const { setupServer } = await import('msw/node');
    const server = setupServer(
      http.all('*', ({ request }) => {
        asked.push(`${new URL(request.url).origin} ${request.headers.get('authorization')}`);
        return HttpResponse.json({ default_branch: 'main' });
      }),
    );
    server.listen();
    try {
      const forges = forgesOf(
        {
          'git.corp.test': { kind: 'github', tokenFile: join(folder, 'token') },
          'bare.test': { kind: 'gitlab' },
        },
        systemClock,
        environment,
      );
      for (const host of ['github.com', 'gitlab.com', 'git.corp.test'])
        await forges.of(`https://${host}/a/b`)?.prepare(undefined);
      await expect(forges.of('https://bare.test/a/b')?.prepare(undefined)).rejects.toMatchObject({
        code: 'delivery-failed',
      });
    } finally {
      server.close();
    }
    expect(asked).toEqual([
      'https://api.github.com Bearer for-github',
      'https://gitlab.com Bearer for-gitlab',
      'https://git.corp.test Bearer from-a-file',
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
