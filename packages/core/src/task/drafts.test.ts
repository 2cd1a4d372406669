import { describe, expect, it } from 'vitest';
import { wholeHost } from '../scope.ts';
import { createSeededIds } from '../seeded-ids.ts';
import { createSerial } from '../serial.ts';
import { createMemoryStore } from '../store/memory/index.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { createDrafts } from './drafts.ts';

const open = () => {
  const clock = createManualClock();
  const parts = { store: createMemoryStore(), clock, ids: createSeededIds('drafts'), serial: createSerial() };
  const within = (tenantId: string | null) => createDrafts(parts, { tenantId });
  return { clock, within, drafts: createDrafts(parts, wholeHost) };
};

describe('drafts', () => {
  it('replace what is named and keep the rest; a single agent is a list of one', async () => {
    const { drafts, clock } = open();
    const made = await drafts.createDraft({
      prompt: 'Fix it',
      labels: { team: 'web' },
      agent: { type: 'mock', instances: 3 },
    });
    expect(made.agents).toEqual([{ type: 'mock', count: 3 }]);
    await clock.advance(5);
    const changed = await drafts.updateDraft(made.id, { prompt: '', labels: undefined });
    expect(changed).toEqual({ ...made, prompt: '', updatedAt: '2026-01-02T03:04:05.683Z' });
    expect(await drafts.getDraft(made.id)).toEqual(changed);
    expect((await drafts.updateDraft(made.id, { agents: [] })).agents).toEqual([]);
  });

  it('never go back in time', async () => {
    const { drafts, clock } = open();
    const made = await drafts.createDraft({});
    clock.now = () => 0;
    expect((await drafts.updateDraft(made.id, { prompt: 'x' })).updatedAt).toBe(made.updatedAt);
  });

  it('are changed by who has seen the stored one only, however it got there', async () => {
    const { drafts } = open();
    const made = await drafts.createDraft({
      labels: { a: 'b' },
      repo: { mode: 'git', url: '/repo' },
      agents: [{ settings: {}, type: 'mock' }],
    });
    const { id, prompt, ...rest } = made;
    const one = await drafts.updateDraft(id, { prompt: 'one' }, { ifUnchanged: made });
    await expect(drafts.updateDraft(id, { prompt: 'two' }, { ifUnchanged: made })).rejects.toMatchObject({
      code: 'precondition-failed',
    });
    // The order of members is nobody's change.
    const turned = { ...rest, prompt: one.prompt, id, labels: one.labels, updatedAt: one.updatedAt };
    expect((await drafts.updateDraft(id, { prompt: 'two' }, { ifUnchanged: turned })).prompt).toBe('two');
    expect(prompt).toBe('');
  });

  it('are changed and deleted one after another', async () => {
    const { drafts } = open();
    const { id } = await drafts.createDraft({ prompt: '' });
    await Promise.all([
      drafts.updateDraft(id, { prompt: 'x' }),
      drafts.updateDraft(id, { labels: { a: 'b' } }),
    ]);
    expect(await drafts.getDraft(id)).toMatchObject({ prompt: 'x', labels: { a: 'b' } });
    const outcomes = await Promise.allSettled([
      drafts.deleteDraft(id),
      drafts.updateDraft(id, { prompt: 'y' }),
      drafts.deleteDraft(id),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    await expect(drafts.getDraft(id)).rejects.toMatchObject({ code: 'draft-not-found' });
    expect((await drafts.listDrafts()).items).toEqual([]);
  });

  it('stay with their tenant, whatever a change says', async () => {
    const { drafts, within } = open();
    const [mine, theirs] = [within('mine'), within('theirs')];
    const made = await mine.createDraft({ tenantId: 'theirs', prompt: 'x' });
    expect(made.tenantId).toBe('mine');
    expect((await mine.updateDraft(made.id, { tenantId: 'theirs' })).tenantId).toBe('mine');
    const gone = { code: 'draft-not-found' };
    await expect(theirs.getDraft(made.id)).rejects.toMatchObject(gone);
    await expect(theirs.updateDraft(made.id, {})).rejects.toMatchObject(gone);
    await expect(theirs.deleteDraft(made.id)).rejects.toMatchObject(gone);
    expect((await theirs.listDrafts()).items).toEqual([]);
    // Who sees all tenants may move it.
    expect((await drafts.updateDraft(made.id, { tenantId: 'theirs' })).tenantId).toBe('theirs');
  });

  it('refuse what the contract does not have, by a rejection', async () => {
    const { drafts } = open();
    const { id } = await drafts.createDraft({});
    const wrong: object = { promt: 'x' };
    await expect(drafts.updateDraft(id, wrong)).rejects.toMatchObject({
      code: 'invalid-request',
      errors: { promt: [expect.any(String)] },
    });
  });
});
