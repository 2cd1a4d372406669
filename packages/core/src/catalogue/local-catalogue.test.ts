import { describe, expect, it } from 'vitest';
import { Problem } from '../problem.ts';
import { openWorld, request } from '../testing/world.ts';

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
    const { harbor, executor } = openWorld();
    await harbor.tasks.launch(request);
    const [{ id } = { id: '' }] = (await harbor.catalogue.repositories()).items;
    executor.override('branches', async (url) => [{ name: url, isDefault: true, lastCommit: 'c' }]);
    expect(await harbor.catalogue.branches(id)).toMatchObject([{ name: '/repo' }]);
    executor.override('branches', async () => {
      throw new Problem('unsupported-choice');
    });
    await expect(harbor.catalogue.branches(id)).rejects.toMatchObject({ code: 'unsupported-choice' });
  });

  it('names the agents there are when it is asked for another', async () => {
    const { harbor, executor } = openWorld();
    const described = { displayName: 'M', description: 'm', versions: ['latest'], settingsSchemaRef: '/x' };
    executor.override('agents', () => [{ ...described, type: 'mock' }]);
    executor.override('settingsSchema', (type) => ({ title: type }));
    expect(await harbor.catalogue.agentSchema('mock')).toEqual({ title: 'mock' });
    await expect(harbor.catalogue.agentSchema('constructor')).rejects.toMatchObject({
      code: 'agent-not-found',
      detail: expect.stringContaining('mock'),
    });
  });
});
