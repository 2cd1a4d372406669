import type { ChangedFile, FileQuery, Page, PatchQuery } from '@agent-harbor/api-contract/schemas';
import type { Query } from '@agent-harbor/core';
import { holds, present, rejectsWith, same } from '../expect.ts';
import { type Bench, check, eventsOf, unknownIds } from './bench.ts';

/** Paths that lead out of a workspace, or into what is not its content. */
const escapes = [
  '../secret',
  '/etc/passwd',
  'a/../../secret',
  '..',
  '.',
  '',
  '.git/config',
  'nothing-here.txt',
];

/** A session that edited, and what it changed. */
const edited = async (bench: Bench) => {
  const { id, items } = await bench.finished('edits');
  const { items: files } = await bench.settle(bench.workspaces.changedFiles(id));
  return { id, items, files, first: present(files[0], 'a changed file') };
};

const changed = (bench: Bench, id: string, query?: Query<FileQuery>): Promise<Page<ChangedFile>> =>
  bench.settle(bench.workspaces.changedFiles(id, query));

export const workspaces = [
  check('the changed files are known', 'sorted by path, as the session counts them', async (bench) => {
    const { id, items, files } = await edited(bench);
    const paths = files.map(({ path }) => path);
    same(paths, [...paths].sort(), 'order');
    for (const event of eventsOf(items)) {
      if (event.type === 'file_edit') holds(paths.includes(event.file_path), `${event.file_path} is missing`);
    }
    const { changes } = await bench.manager.getSession(id);
    same(
      changes,
      {
        files_changed: files.length,
        lines_added: sum(files.map((file) => file.lines_added)),
        lines_removed: sum(files.map((file) => file.lines_removed)),
      },
      'changes of the session',
    );
  }),

  check('changed files are filtered', 'by status, and by a glob over the path', async (bench) => {
    const { id, files, first } = await edited(bench);
    const ofStatus = files.filter(({ status }) => status === first.status);
    same((await changed(bench, id, { status: [first.status] })).items, ofStatus, 'by status');
    same((await changed(bench, id, { path: first.path })).items, [first], 'by path');
    same((await changed(bench, id, { path: '**' })).items, files, 'by **');
    same((await changed(bench, id, { path: 'no/such/*' })).items, [], 'by a glob nothing matches');
  }),

  check('changed files are paged', 'each once, by number and by cursor', async (bench) => {
    const { id, files } = await edited(bench);
    const byNumber: ChangedFile[] = [];
    for (let page: number | null = 1; page !== null; ) {
      const part: Page<ChangedFile> = await changed(bench, id, { perPage: 1, page });
      byNumber.push(...part.items);
      page = part.nextPage;
    }
    same(byNumber, files, 'by number');
    const byCursor: ChangedFile[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const part: Page<ChangedFile> = await changed(bench, id, { perPage: 1, cursor });
      byCursor.push(...part.items);
      cursor = part.nextCursor;
    }
    same(byCursor, files, 'by cursor');
  }),

  check('a file can be looked at', 'its change, its history and its content', async (bench) => {
    const { id, files } = await edited(bench);
    const file = present(
      files.find(({ status }) => status !== 'deleted'),
      'a file that is there',
    );
    const detail = await bench.settle(bench.workspaces.file(id, file.path));
    same(detail.path, file.path, 'path');
    same(detail.status, file.status, 'status');
    same(detail.encoding, 'utf-8', 'encoding');
    holds(detail.history.length > 0, 'the history is empty');
    const content = await bench.settle(bench.workspaces.fileContent(id, file.path));
    same(content.path, file.path, 'path of the content');
    same(content.encoding, 'utf-8', 'encoding of the content');
    same(new TextEncoder().encode(content.content).length, content.size_bytes, 'size');
    same(content.is_modified, true, 'is_modified');
  }),

  check('no path leaves the workspace', 'whatever is no file of it is file-not-found', async (bench) => {
    const { id } = await edited(bench);
    for (const path of escapes) {
      const what = JSON.stringify(path);
      await rejectsWith(
        'file-not-found',
        bench.settle(bench.workspaces.fileContent(id, path)),
        `content of ${what}`,
      );
      await rejectsWith('file-not-found', bench.settle(bench.workspaces.file(id, path)), `file ${what}`);
      await rejectsWith(
        'file-not-found',
        bench.settle(bench.workspaces.fileDiff(id, path)),
        `diff of ${what}`,
      );
    }
  }),

  check('the whole diff is there', 'every changed file, with its counts', async (bench) => {
    const { id, files } = await edited(bench);
    const diff = await bench.settle(bench.workspaces.diff(id));
    same(
      diff.files.map(({ path }) => path),
      files.map(({ path }) => path),
      'paths',
    );
    same(diff.total_lines_added, sum(files.map((file) => file.lines_added)), 'lines added');
    same(diff.total_lines_removed, sum(files.map((file) => file.lines_removed)), 'lines removed');
    for (const file of diff.files) {
      const lines = file.diff.split('\n').filter((line) => /^\+(?!\+\+ )/.test(line));
      same(lines.length, file.lines_added, `lines added in the text of ${file.path}`);
    }
  }),

  check('a part of the diff is there', 'one file by its path, or some by a list', async (bench) => {
    const { id, first } = await edited(bench);
    const one = await bench.settle(bench.workspaces.fileDiff(id, first.path, { context: 0, full: 'true' }));
    same(one.path, first.path, 'path');
    same(one.context_lines, 0, 'context_lines');
    same(one.full_file, true, 'full_file');
    if (first.status !== 'deleted') holds(one.file_content !== null, 'file_content is missing');
    const some = await bench.settle(bench.workspaces.diff(id, { files: first.path }));
    same(
      some.files.map(({ path }) => path),
      [first.path],
      'files of the list',
    );
  }),

  check('the diff comes in other forms', 'rows side by side, or HTML, of the same hunks', async (bench) => {
    const { id } = await edited(bench);
    const { files } = await bench.settle(bench.workspaces.diff(id));
    const split = await bench.settle(bench.workspaces.diff(id, { format: 'split' }));
    const html = await bench.settle(bench.workspaces.diff(id, { format: 'html' }));
    for (const [index, file] of files.entries()) {
      const hunks = split.files[index]?.hunks ?? [];
      same(
        hunks.map(({ rows: _, ...hunk }) => hunk),
        file.hunks,
        'hunks of the split form',
      );
      const cells = hunks.flatMap(({ rows = [] }) => rows.flatMap(({ left, right }) => [left, right]));
      const count = (kind: string) => cells.filter((cell) => cell?.kind === kind).length;
      same([count('added'), count('removed')], [file.lines_added, file.lines_removed], 'lines of the rows');
      same(html.files[index]?.format, 'html', 'format');
      holds(html.files[index]?.diff.startsWith('<section'), `the diff of ${file.path} is no HTML`);
    }
  }),

  check(
    'the patch holds every change',
    'as a mail of git; some of it by name; nothing of nothing',
    async (bench) => {
      const { id, files, first } = await edited(bench);
      const read = async (query?: Query<PatchQuery>): Promise<string> => {
        const decoder = new TextDecoder();
        let text = '';
        const bytes = await bench.settle(bench.workspaces.patch(id, query));
        await bench.settle(
          (async () => {
            for await (const piece of bytes) text += decoder.decode(piece, { stream: true });
          })(),
        );
        return text;
      };
      const count = (text: string) => text.match(/^diff --git /gm)?.length ?? 0;
      const whole = await read();
      holds(/^From 0{40} .*\nFrom: .*\nDate: .*\nSubject: \[PATCH\] ./.test(whole), 'the patch is no mail');
      same(count(whole), files.length, 'files in the patch');
      same(count(await read({ files: first.path })), 1, 'files in a part of the patch');
      same(await read({ files: 'nothing-here.txt' }), '', 'the patch of nothing');
    },
  ),

  check(
    'a released workspace stays readable',
    'changes, diff and content as they were last',
    async (bench) => {
      const { id, first } = await edited(bench);
      const look = async () => {
        const { items } = await changed(bench, id);
        const diff = await bench.settle(bench.workspaces.diff(id));
        const content =
          first.status === 'deleted'
            ? null
            : (await bench.settle(bench.workspaces.fileContent(id, first.path))).content;
        // When a file of the tree was changed is not known once the tree is dropped.
        return { items: items.map((file) => ({ ...file, last_modified: null })), diff, content };
      };
      const before = await look();
      await bench.settle(bench.manager.cancelSession(id));
      same(await look(), before, 'what is seen after release');
    },
  ),

  check('without a workspace there is nothing to see', 'a session that waits has no files', async (bench) => {
    const [host] = await bench.settle(bench.catalogue.executors());
    const count = (host?.maxConcurrentTasks ?? 1) + 1;
    const task = await bench.launch({ agents: [{ ...bench.agent('waits'), count }] });
    const waiting = task.session_ids.at(-1) ?? '';
    await rejectsWith('workspace-gone', changed(bench, waiting), 'changedFiles while queued');
  }),

  check(
    'workspaces know no unknown session',
    'whatever is no session is session-not-found',
    async (bench) => {
      const { workspaces: port, settle } = bench;
      for (const id of unknownIds) {
        const what = JSON.stringify(id);
        await rejectsWith('session-not-found', settle(port.changedFiles(id)), `changedFiles ${what}`);
        await rejectsWith('session-not-found', settle(port.file(id, 'a')), `file ${what}`);
        await rejectsWith('session-not-found', settle(port.fileContent(id, 'a')), `fileContent ${what}`);
        await rejectsWith('session-not-found', settle(port.diff(id)), `diff ${what}`);
        await rejectsWith('session-not-found', settle(port.fileDiff(id, 'a')), `fileDiff ${what}`);
        await rejectsWith('session-not-found', settle(port.patch(id)), `patch ${what}`);
      }
    },
  ),
];

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
