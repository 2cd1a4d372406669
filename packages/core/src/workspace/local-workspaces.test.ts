import type { ChangedFile } from '@agent-harbor/api-contract/schemas';
import { describe, expect, it } from 'vitest';
import { Problem } from '../problem.ts';
import { log, openWorld, request } from '../testing/world.ts';

const file = (path: string, members: Partial<ChangedFile> = {}): ChangedFile => ({
  path,
  status: 'modified',
  lines_added: 1,
  lines_removed: 2,
  last_modified: null,
  size_bytes: 3,
  change_type: 'content',
  ...members,
});
const edit = (path: string, description: string) =>
  ({
    at: 0,
    body: { type: 'file_edit', file_path: path, lines_added: 1, lines_removed: 0, description },
  }) as const;

const open = async (files: readonly ChangedFile[] = []) => {
  const world = openWorld();
  const asked: unknown[] = [];
  world.executor.override('files', {
    changes: async () => files,
    content: async (_, path) => {
      asked.push(path);
      throw new Problem('file-not-found');
    },
    patch: async (_, options) => {
      asked.push(options);
      return (async function* () {})();
    },
    diff: async (_, options) => {
      asked.push(options);
      return files
        .filter(({ path }) => options.paths?.includes(path) ?? true)
        .map(({ path, status, lines_added, lines_removed }) => ({
          path,
          status,
          lines_added,
          lines_removed,
          format: 'unified' as const,
          truncated: false,
          binary: false,
          hunks: [],
          diff: '',
          context_lines: options.context,
          full_file: options.full,
          file_content: null,
        }));
    },
  });
  const { id } = await world.harbor.tasks.launch(request);
  await world.clock.advance(0);
  return { ...world, id, asked, workspaces: world.harbor.workspaces };
};

describe('changed files', () => {
  it('are filtered and paged, by number and by cursor', async () => {
    const { id, workspaces } = await open([
      file('a.ts'),
      file('b.md', { status: 'added' }),
      file('c/d.ts'),
      file('e.ts', { status: 'deleted' }),
    ]);
    const paths = async (query: Parameters<typeof workspaces.changedFiles>[1]) =>
      (await workspaces.changedFiles(id, query)).items.map(({ path }) => path);
    expect(await paths({ status: ['added', 'deleted'] })).toEqual(['b.md', 'e.ts']);
    expect(await paths({ path: '*.ts' })).toEqual(['a.ts', 'e.ts']);
    const first = await workspaces.changedFiles(id, { perPage: 3 });
    expect(first).toMatchObject({ total: 4, nextPage: 2 });
    expect(await paths({ perPage: 3, cursor: first.nextCursor ?? undefined })).toEqual(['e.ts']);
    expect(await paths({ perPage: 3, page: 2 })).toEqual(['e.ts']);
    await expect(workspaces.changedFiles(id, { cursor: 'x' })).rejects.toMatchObject({
      code: 'invalid-request',
    });
  });

  it('have the history of their own edits, the last two hundred, however many there were', async () => {
    const { id, workspaces, store } = await open([file('a.ts'), file('logo.png', { change_type: 'binary' })]);
    const events = Array.from({ length: 10_100 }, (_, index) => edit('a.ts', `${index + 1}`));
    await store.commit([
      {
        kind: 'events-appended',
        sessionId: id,
        events: [...events, edit('b.ts', 'another'), log('no edit')],
      },
    ]);
    const { history, encoding, mime_type } = await workspaces.file(id, 'a.ts');
    expect(history).toHaveLength(200);
    expect(history.at(-1)).toMatchObject({ event_type: 'file_edit', description: '10100' });
    expect(history[0]?.description).toBe('9901');
    expect([encoding, mime_type]).toEqual(['utf-8', 'text/plain']);
    expect(await workspaces.file(id, 'logo.png')).toMatchObject({
      encoding: 'binary',
      mime_type: 'image/png',
      history: [],
    });
    await expect(workspaces.file(id, 'b.ts')).rejects.toMatchObject({ code: 'file-not-found' });
  });
});

describe('diffs', () => {
  it('are of all files, of some or of one, with their sums', async () => {
    const { id, workspaces, asked } = await open([file('a.ts'), file('b.ts')]);
    expect(await workspaces.diff(id)).toMatchObject({
      files: [{ path: 'a.ts' }, { path: 'b.ts' }],
      total_lines_added: 2,
      total_lines_removed: 4,
    });
    await workspaces.diff(id, { files: 'a.ts,c.ts', context: 0, full: 'true' });
    expect(asked.at(-1)).toMatchObject({ paths: ['a.ts', 'c.ts'], context: 0, full: true });
    expect(await workspaces.fileDiff(id, 'b.ts')).toMatchObject({ path: 'b.ts', full_file: false });
    await expect(workspaces.fileDiff(id, 'c.ts')).rejects.toMatchObject({ code: 'file-not-found' });
  });
});

describe('without a workspace', () => {
  it('it is said why: not yet, or never', async () => {
    const { harbor, clock, executor, workspaces } = await open();
    executor.override('provision', async (_, signal) => {
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      throw new Problem('aborted');
    });
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    const refused = (detail: string) =>
      expect(workspaces.diff(id)).rejects.toMatchObject({
        code: 'workspace-gone',
        detail: expect.stringContaining(detail),
      });
    await refused('not made yet');
    await harbor.tasks.stopSession(id);
    await clock.advance(0);
    await refused('ended before it had a workspace');
  });

  it('a released one is still asked for its files', async () => {
    const { harbor, id } = await open([file('a.ts')]);
    await harbor.tasks.cancelSession(id);
    expect((await harbor.workspaces.changedFiles(id)).total).toBe(1);
  });
});

describe('a foreign session', () => {
  it('is unknown to every method', async () => {
    const { harbor, clock, asked } = await open();
    const { id } = await harbor.within({ tenantId: 'acme' }).tasks.launch(request);
    await clock.advance(0);
    const { workspaces } = harbor.within({ tenantId: 'other' });
    for (const look of [
      () => workspaces.changedFiles(id),
      () => workspaces.file(id, 'a'),
      () => workspaces.fileContent(id, 'a'),
      () => workspaces.diff(id),
      () => workspaces.fileDiff(id, 'a'),
    ]) {
      await expect(look()).rejects.toMatchObject({ code: 'session-not-found' });
    }
    expect(asked).toEqual([]);
  });
});
