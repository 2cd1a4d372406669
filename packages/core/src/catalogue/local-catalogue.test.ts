import { describe, expect, it } from 'vitest';
import { fieldProblem, Problem } from '../problem.ts';
import { openWorld, request } from '../testing/world.ts';
import { trackedFiles } from './tracked-files.ts';

describe('the catalogue', () => {
  it('shows each tenant its own repositories, and the host all, last used first', async () => {
    const { harbor, clock } = openWorld();
    const [acme, other] = [harbor.within({ tenantId: 'acme' }), harbor.within({ tenantId: 'other' })];
    await acme.tasks.launch({ ...request, repo: { mode: 'git', url: 'https://token@example.test/a.git' } });
    await clock.advance(1);
    await other.tasks.launch({ ...request, repo: { mode: 'git', url: '/b' } });
    const urls = async (view: typeof acme) =>
      (await view.catalogue.repositories()).items.map(({ remoteUrl }) => remoteUrl);
    expect(await urls(acme)).toEqual(['https://example.test/a.git']);
    expect(await urls(other)).toEqual(['/b']);
    expect(await urls(harbor)).toEqual(['/b', 'https://example.test/a.git']);
    const [mine] = (await acme.catalogue.repositories()).items;
    const id = mine?.id ?? '';
    expect(await acme.catalogue.repository(id)).toEqual(mine);
    for (const look of [() => other.catalogue.repository(id), () => other.catalogue.branches(id)]) {
      await expect(look()).rejects.toMatchObject({ code: 'repository-not-found' });
    }
  });

  it('keeps the default branch that a session learned when the repository is used again', async () => {
    const { harbor, clock, executor } = openWorld();
    await harbor.tasks.launch(request);
    await clock.advance(0);
    executor.override('provision', () => new Promise(() => {}));
    await harbor.tasks.launch(request);
    expect((await harbor.catalogue.repositories()).items).toMatchObject([{ defaultBranch: 'main' }]);
  });

  it('asks the executor for branches, and passes its problems on', async () => {
    const { harbor, executor, clock } = openWorld();
    await harbor.tasks.launch(request);
    const [{ id } = { id: '' }] = (await harbor.catalogue.repositories()).items;
    executor.override('refs', async (url) => ({
      head: { commit: 'c', branch: url },
      branches: [{ name: url, commit: 'c' }],
      tags: [],
    }));
    expect(await harbor.catalogue.branches(id)).toMatchObject({
      items: [{ name: '/repo', isDefault: true, lastCommit: 'c' }],
      total: 1,
    });
    executor.override('refs', async () => {
      throw new Problem('unsupported-choice');
    });
    await clock.advance(1_000);
    await expect(harbor.catalogue.branches(id, { refresh: 'true' })).rejects.toMatchObject({
      code: 'unsupported-choice',
    });
  });

  it('names the agents there are when it is asked for another', async () => {
    const { harbor, executor } = openWorld();
    const described = { displayName: 'M', description: 'm', versions: ['latest'], settingsSchemaRef: '/x' };
    executor.override('agents', async () => [{ ...described, type: 'mock' }]);
    executor.override('settingsSchema', (type) => ({ title: type }));
    expect(await harbor.catalogue.agentSchema('mock')).toEqual({ title: 'mock' });
    await expect(harbor.catalogue.agentSchema('constructor')).rejects.toMatchObject({
      code: 'agent-not-found',
      detail: expect.stringContaining('mock'),
    });
  });

  it('narrows a scope to one tenant, and never widens it', async () => {
    const { harbor } = openWorld();
    const [acme, other] = [harbor.within({ tenantId: 'acme' }), harbor.within({ tenantId: 'other' })];
    for (const view of [acme, other]) await view.tasks.launch({ ...request, projectId: 'shop' });
    const counts = async (view: typeof acme, tenantId: string) =>
      Promise.all([
        view.catalogue.repositories({ tenantId }).then(({ total }) => total),
        view.catalogue.projects({ tenantId }).then(({ total }) => total),
        view.catalogue.workspaces({ tenantId }).then(({ total }) => total),
      ]);
    expect(await counts(harbor, 'acme')).toEqual([1, 1, 1]);
    expect(await counts(acme, 'acme')).toEqual([1, 1, 1]);
    expect(await counts(acme, 'other')).toEqual([0, 0, 0]);
    expect((await harbor.catalogue.projects()).items.map(({ tenantId }) => tenantId).sort()).toEqual([
      'acme',
      'other',
    ]);
  });

  it('shows nobody what is another tenant’s', async () => {
    const { harbor } = openWorld();
    const [acme, other] = [harbor.within({ tenantId: 'acme' }), harbor.within({ tenantId: 'other' })];
    const { id } = await acme.catalogue.importRepository({ url: '/repo', tenantId: 'other' });
    const { id: sessionId } = await acme.tasks.launch(request);
    const { workspace } = await acme.tasks.getSession(sessionId);
    const of = (view: typeof acme, repositoryId: string, workspaceId: string) => [
      view.catalogue.repository(repositoryId),
      view.catalogue.removeRepository(repositoryId),
      view.catalogue.branches(repositoryId),
      view.catalogue.repositoryFiles(repositoryId),
      view.catalogue.workspace(workspaceId),
      view.catalogue.workspaceUsage(workspaceId),
    ];
    const told = async (answers: readonly Promise<unknown>[], ...ids: readonly string[]) =>
      Promise.all(
        answers.map((answer) =>
          answer.then(
            () => 'an answer',
            (error: Problem) => [
              error.code,
              ids.reduce((text, each) => text.replace(each, 'ID'), error.detail ?? ''),
            ],
          ),
        ),
      );
    const foreign = await told(of(other, id, workspace.id), id, workspace.id);
    expect(foreign).toEqual(await told(of(other, 'repo-x', 'ws-x'), 'repo-x', 'ws-x'));
    expect(foreign).not.toContain('an answer');
    expect((await acme.catalogue.repository(id)).remoteUrl).toBe('/repo');
  });

  it('keeps an import at its place, and what it was named through tasks', async () => {
    const { harbor, clock, executor } = openWorld();
    executor.override('refs', async () => ({
      head: { commit: 'c', branch: 'trunk' },
      branches: [],
      tags: [],
    }));
    const first = await harbor.catalogue.importRepository({ url: '/repo', displayName: 'Mine' });
    expect(first).toMatchObject({ displayName: 'Mine', defaultBranch: 'trunk' });
    await clock.advance(5_000);
    expect((await harbor.catalogue.importRepository({ url: '/repo' })).lastUsedAt).toBe(first.lastUsedAt);
    await harbor.tasks.launch(request);
    await clock.advance(0);
    const [used] = (await harbor.catalogue.repositories()).items;
    // The task learned where it began.
    expect(used).toMatchObject({ id: first.id, displayName: 'Mine', defaultBranch: 'main' });
    expect(used?.lastUsedAt).not.toBe(first.lastUsedAt);
  });

  it('does not bring back what was forgotten while its session was made', async () => {
    const { harbor, clock, executor } = openWorld();
    let made = () => {};
    executor.override('provision', async () => {
      await new Promise<void>((resolve) => {
        made = resolve;
      });
      return { path: '/w', baseCommit: 'a'.repeat(40), branch: 'main' };
    });
    await harbor.tasks.launch(request);
    await clock.advance(0);
    const [known] = (await harbor.catalogue.repositories()).items;
    await harbor.catalogue.removeRepository(known?.id ?? '');
    made();
    await clock.advance(0);
    expect((await harbor.catalogue.repositories()).items).toEqual([]);
  });

  it('has the host drop what it keeps of a repository when the last who knew it forgot it', async () => {
    const { harbor, clock, executor } = openWorld();
    const [one, two] = [harbor.within({ tenantId: 'one' }), harbor.within({ tenantId: 'two' })];
    const url = '/shared/shop';
    const dropped = () => executor.asked.filter((each) => each.startsWith('forget repository'));
    for (const { catalogue } of [one, two]) await catalogue.importRepository({ url });
    await two.catalogue.importRepository({ url: `${url}-2` });
    await clock.advance(1);
    const remove = async ({ catalogue }: typeof one) => {
      const { items } = await catalogue.repositories();
      await catalogue.removeRepository(items.find(({ remoteUrl }) => remoteUrl === url)?.id ?? '');
    };
    await remove(one);
    expect(dropped()).toEqual([]);
    await remove(two);
    expect(dropped()).toEqual([`forget repository ${url}`]);
  });

  it('keeps it for a session that is not made yet, until that has ended', async () => {
    const { harbor, clock, executor } = openWorld();
    const made = Promise.withResolvers<void>();
    executor.override('provision', async () => {
      await made.promise;
      return { path: '/w', baseCommit: 'a'.repeat(40), branch: 'main' };
    });
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    const [known] = (await harbor.catalogue.repositories()).items;
    await harbor.catalogue.removeRepository(known?.id ?? '');
    expect(executor.asked).not.toContain('forget repository /repo');
    made.resolve();
    await clock.advance(0);
    await harbor.tasks.cancelSession(id);
    await clock.advance(0);
    expect(executor.asked.filter((each) => each.startsWith('forget'))).toEqual(['forget repository /repo']);
  });

  it('forgets a repository also where the host cannot drop what it keeps', async () => {
    const { harbor, executor } = openWorld();
    executor.override('forgetRepository', () => Promise.reject(new Problem('storage-full')));
    const { id } = await harbor.catalogue.importRepository({ url: '/shop' });
    await harbor.catalogue.removeRepository(id);
    expect((await harbor.catalogue.repositories()).items).toEqual([]);
  });

  it('asks a repository anew that was forgotten and is imported again', async () => {
    const { harbor, executor } = openWorld();
    let asked = 0;
    executor.override('refs', async () => {
      asked += 1;
      return { head: null, branches: [], tags: [] };
    });
    const { id } = await harbor.catalogue.importRepository({ url: '/shop' });
    await harbor.catalogue.removeRepository(id);
    await harbor.catalogue.gitRefs({ url: '/shop' });
    expect(asked).toBe(2);
  });

  it('says of an import what is wrong with its url', async () => {
    const { harbor, executor } = openWorld();
    executor.override('refs', async () => {
      throw fieldProblem('repo.url', 'cannot be read');
    });
    for (const ask of [
      () => harbor.catalogue.importRepository({ url: '/gone' }),
      () => harbor.catalogue.gitRefs({ url: '/gone' }),
    ]) {
      await expect(ask()).rejects.toMatchObject({
        code: 'invalid-request',
        errors: { url: ['cannot be read'] },
      });
    }
    expect((await harbor.catalogue.repositories()).items).toEqual([]);
  });

  it('walks tracked files as far as they are asked for', async () => {
    const { harbor, executor } = openWorld();
    await harbor.tasks.launch(request);
    const [{ id } = { id: '' }] = (await harbor.catalogue.repositories()).items;
    const places: unknown[] = [];
    executor.override('trackedFiles', async (_url, { after, limit, path }) => {
      places.push(after?.offset ?? 0);
      const offset = after?.offset ?? 0;
      const items = Array.from({ length: limit }, (_, index) => ({
        path: `${path}/${offset + index}`,
        type: 'file' as const,
      }));
      return { commit: 'c', items, next: offset + limit, total: 20_000 };
    });
    const seen: string[] = [];
    for await (const file of trackedFiles(harbor.catalogue, id, { perPage: 2, path: 'src' })) {
      seen.push(file.path);
      if (seen.length === 5) break;
    }
    expect(seen).toEqual(['src/0', 'src/1', 'src/2', 'src/3', 'src/4']);
    expect(places).toEqual([0, 2, 4]);
    const page = await harbor.catalogue.repositoryFiles(id, { perPage: 2 });
    expect(page).toMatchObject({ total: null, totalIsCapped: true, commit: 'c', nextPage: null });
    const elsewhere = await harbor.catalogue.importRepository({ url: '/elsewhere' });
    await expect(
      harbor.catalogue.repositoryFiles(elsewhere.id, { cursor: page.nextCursor ?? '' }),
    ).rejects.toMatchObject({ errors: { cursor: [expect.any(String)] } });
  });
});
