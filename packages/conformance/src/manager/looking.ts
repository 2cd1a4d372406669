import type { WorkspaceEntry } from '@agent-harbor/api-contract/schemas';
import { holds, present, rejectsWith, same } from '../expect.ts';
import { type Bench, check, unknownIds } from './bench.ts';

/** Paths that lead out of a workspace, or into what is not its content. */
const escapes = [
  '../secret',
  '/etc/passwd',
  'a/../../secret',
  '..',
  '.',
  '.git',
  '.git/config',
  'nothing-here',
];

/** A session that edited, and a file it changed that is there. */
const edited = async (bench: Bench) => {
  const { id } = await bench.finished('edits');
  const { items } = await bench.settle(bench.workspaces.changedFiles(id, { perPage: 200 }));
  const file = present(
    items.find(({ status }) => status !== 'deleted'),
    'a changed file that is there',
  );
  const { content } = await bench.settle(bench.workspaces.fileContent(id, file.path));
  return { id, items, file, content };
};

/** Everything below a directory, page by page. */
const everything = async (bench: Bench, id: string, query: object = {}) => {
  const found: WorkspaceEntry[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await bench.settle(bench.workspaces.browse(id, { ...query, cursor, perPage: 2 }));
    found.push(...page.children);
    cursor = page.nextCursor;
  }
  return found;
};

/** All bytes of an archive. */
const archive = (bench: Bench, id: string, path?: string): Promise<number[]> =>
  bench.settle(
    (async () => {
      const bytes: number[] = [];
      for await (const piece of await bench.workspaces.download(id, { path })) bytes.push(...piece);
      return bytes;
    })(),
  );

export const looking = [
  check('a workspace is browsed', 'directory by directory, or all of it, page by page', async (bench) => {
    const { id, items, file } = await edited(bench);
    const all = await everything(bench, id, { recursive: 'true' });
    const paths = all.map(({ path }) => path);
    same(paths, [...paths].sort(), 'order of all files');
    const reached: string[] = [];
    const directories = [''];
    for (const directory of directories) {
      const entries = await everything(bench, id, { path: directory });
      const ranks = entries.map(({ type, path }) => `${type === 'directory' ? 0 : 1}${path}`);
      same(ranks, [...ranks].sort(), `order in ${JSON.stringify(directory)}`);
      for (const { path, type, file_count } of entries) {
        if (type !== 'directory') reached.push(path);
        else {
          directories.push(path);
          const below = paths.filter((each) => each.startsWith(`${path}/`)).length;
          same(file_count, below, `files below ${path}`);
        }
      }
    }
    same(reached.sort(), paths, 'files reached by directories');
    const there = items.filter(({ status }) => status !== 'deleted').map(({ path }) => path);
    const modified = await everything(bench, id, { recursive: 'true', modified_only: 'true' });
    same(
      modified.map(({ path }) => path),
      there,
      'modified files',
    );
    const entry = present(
      all.find(({ path }) => path === file.path),
      `the entry of ${file.path}`,
    );
    same([entry.type, entry.is_modified, entry.size_bytes], ['file', true, file.size_bytes], 'the entry');
    const { total, path } = await bench.settle(bench.workspaces.browse(id, { recursive: 'true' }));
    same([total, path], [paths.length, ''], 'total and path');
  }),

  check('paths are found by a few letters', 'the best first, files and directories', async (bench) => {
    const { id, file } = await edited(bench);
    const name = file.path.slice(file.path.lastIndexOf('/') + 1);
    const found = await bench.settle(bench.workspaces.searchPaths(id, { q: name.toUpperCase() }));
    same(found.query, name.toUpperCase(), 'query');
    const best = present(found.files[0], `a file for ${name}`);
    holds(best.path.endsWith(name), `the best for ${name} is ${best.path}`);
    holds(found.total >= found.files.length + found.directories.length, 'total is less than what is shown');
    const scores = found.files.map(({ relevance_score }) => relevance_score);
    same(
      scores,
      [...scores].sort((one, other) => other - one),
      'order of scores',
    );
    const gaps = [...name].filter((letter) => /\w/.test(letter)).join('');
    const gapped = await bench.settle(bench.workspaces.searchPaths(id, { q: gaps, limit: 100 }));
    holds(
      gapped.files.some(({ path }) => path === file.path),
      `${gaps} does not find ${file.path}`,
    );
    const modified = await bench.settle(
      bench.workspaces.searchPaths(id, { q: name, modified_only: 'true', include_preview: 'false' }),
    );
    const one = present(
      modified.files.find(({ path }) => path === file.path),
      `${file.path} among the modified`,
    );
    same([one.is_modified, one.preview], [true, null], 'a modified file without its beginning');
    const none = await bench.settle(bench.workspaces.searchPaths(id, { q: 'no such path at all' }));
    same([none.files, none.directories, none.total], [[], [], 0], 'what nothing fits');
    const directories = await bench.settle(bench.workspaces.searchPaths(id, { q: name, type: 'directory' }));
    same(directories.files, [], 'files where directories were asked for');
  }),

  check(
    'content is searched',
    'by a pattern or by the text itself, in files that were chosen',
    async (bench) => {
      const { id, file, content } = await edited(bench);
      const line = present(
        content.split('\n').find((each) => each.trim().length > 3),
        'a line with words',
      );
      const text = line.trim();
      const literal = { q: text, literal: 'true', case_sensitive: 'true', path: file.path } as const;
      const found = await bench.settle(bench.workspaces.searchContent(id, literal));
      same([found.total, found.cut_by], [1, null], 'files found');
      const [result] = found.results;
      same(result?.path, file.path, 'path');
      const match = present(result?.matches[0], 'a match');
      holds(match.content.includes(text), `${JSON.stringify(match.content)} is not the line`);
      same(match.line, content.split('\n').findIndex((each) => each.includes(text)) + 1, 'line');
      same(match.line_number, match.line, 'line_number');
      const everyLine = await bench.settle(bench.workspaces.searchContent(id, { q: '^' }));
      holds(
        everyLine.results.some(({ path }) => path === file.path),
        'the beginning of a line is in no file',
      );
      const excluded = { ...literal, exclude_pattern: file.path };
      same((await bench.settle(bench.workspaces.searchContent(id, excluded))).total, 0, 'without the file');
      const included = { ...literal, include_pattern: '**/no-such-*' };
      same((await bench.settle(bench.workspaces.searchContent(id, included))).total, 0, 'in no file');
      const other = { ...literal, type: 'nosuchtype' };
      same((await bench.settle(bench.workspaces.searchContent(id, other))).total, 0, 'of no type');
    },
  ),

  check('no pattern stalls a search', 'one that is none is refused by its field', async (bench) => {
    const { id } = await edited(bench);
    for (const q of ['(', '[z-a]', '(?=a)b', '(a)\\1']) {
      await rejectsWith('invalid-request', bench.settle(bench.workspaces.searchContent(id, { q })), q);
    }
    const found = await bench.settle(bench.workspaces.searchContent(id, { q: '^(a+)+$' }));
    same(found.cut_by, null, 'what ended ^(a+)+$');
  }),

  check(
    'a preview is the beginning',
    'as many lines and bytes as asked, and what the file is',
    async (bench) => {
      const { id, file, content } = await edited(bench);
      const whole = await bench.settle(
        bench.workspaces.filePreview(id, file.path, { max_bytes: 10_000, max_lines: 50 }),
      );
      same(
        [whole.path, whole.size_bytes, whole.is_binary, whole.encoding],
        [file.path, file.size_bytes, false, 'utf-8'],
        'what it is',
      );
      holds(content.startsWith(whole.content_preview), 'it is not the beginning');
      const lines = content.split('\n').length - (content.endsWith('\n') ? 1 : 0);
      same(whole.lines, content === '' ? 0 : lines, 'lines');
      same(whole.image, null, 'image');
      const one = await bench.settle(bench.workspaces.filePreview(id, file.path, { max_lines: 1 }));
      same(one.content_preview, content.split('\n')[0], 'one line');
      const byte = await bench.settle(bench.workspaces.filePreview(id, file.path, { max_bytes: 1 }));
      holds(byte.content_preview.length <= 1, 'one byte is more than one character');
      same(byte.is_truncated, file.size_bytes > 1, 'is_truncated');
    },
  ),

  check('looking stays inside the workspace', 'whatever is none of its files is not there', async (bench) => {
    const { id } = await edited(bench);
    for (const path of escapes) {
      const what = JSON.stringify(path);
      await rejectsWith(
        'file-not-found',
        bench.settle(bench.workspaces.filePreview(id, path)),
        `preview of ${what}`,
      );
      await rejectsWith(
        'file-not-found',
        bench.settle(bench.workspaces.browse(id, { path })),
        `directory ${what}`,
      );
      const found = await bench.settle(bench.workspaces.searchContent(id, { q: '^', path }));
      same(found.results, [], `search in ${what}`);
    }
  }),

  check(
    'a workspace and a session tell where they are',
    'in numbers, with hosts and places',
    async (bench) => {
      const { id } = await edited(bench);
      const all = await everything(bench, id, { recursive: 'true' });
      const info = await bench.settle(bench.workspaces.workspaceInfo(id));
      same(
        [info.session_id, info.file_count, info.state],
        [id, all.length, 'ready'],
        'session, files, state',
      );
      same(
        info.size_bytes,
        all.reduce((sum, { size_bytes }) => sum + (size_bytes ?? 0), 0),
        'bytes',
      );
      const session = await bench.settle(bench.workspaces.sessionInfo(id));
      same([session.id, session.fleet.leader], [id, info.executor_id], 'session and leader');
      holds(session.endpoints.events?.endsWith(`/${id}/events`), 'the events have no place');
    },
  ),

  check('a released workspace can be looked around in', 'as it was last', async (bench) => {
    const { id, file } = await edited(bench);
    const see = async () => {
      const entries = await everything(bench, id, { recursive: 'true' });
      const { results } = await bench.settle(bench.workspaces.searchContent(id, { q: '^' }));
      const paths = await bench.settle(bench.workspaces.searchPaths(id, { q: file.path }));
      return {
        // When a file of the tree was changed is not known once the tree is dropped.
        entries: entries.map((entry) => ({ ...entry, last_modified: null })),
        preview: await bench.settle(bench.workspaces.filePreview(id, file.path)),
        results,
        paths: paths.files.map((found) => ({ ...found, last_modified: null })),
      };
    };
    const before = await see();
    await bench.settle(bench.manager.cancelSession(id));
    same(await see(), before, 'what is seen after release');
    const info = await bench.settle(bench.workspaces.workspaceInfo(id));
    same([info.state, info.mount_path], ['released', null], 'state and place');
  }),

  check('a workspace is downloaded', 'as an archive of one moment, whole or a part', async (bench) => {
    const { id, file } = await edited(bench);
    const whole = await archive(bench, id);
    holds(whole[0] === 0x1f && whole[1] === 0x8b, 'it is no gzip');
    const part = await archive(bench, id, file.path);
    holds(part.length <= whole.length, 'a part is larger than the whole');
    for (const path of [...escapes, `${file.path}/x`]) {
      const refused = bench.settle(bench.workspaces.download(id, { path }));
      await rejectsWith('file-not-found', refused, `download of ${JSON.stringify(path)}`);
    }
    await bench.settle(bench.manager.cancelSession(id));
    holds((await archive(bench, id)).length > 0, 'nothing is left after release');
  }),

  check('an editor is opened', 'by a link or a command, also where SSH has a name', async (bench) => {
    const { id, file } = await edited(bench);
    const { mount_path } = await bench.settle(bench.workspaces.workspaceInfo(id));
    const place = present(mount_path, 'a place');
    const link = await bench.settle(bench.workspaces.openIde(id, { ide: 'vscode' }));
    same([link.ide, link.path, link.remote], ['vscode', place, null], 'editor, path, remote');
    holds(link.local.command.includes(place), 'the command has not the path');
    const wish = { ide: 'cursor', file: file.path, line: 1, ssh_host: 'me@host' } as const;
    const far = await bench.settle(bench.workspaces.openIde(id, wish));
    holds(far.path.endsWith(file.path), 'the file is not shown');
    holds(far.remote?.url?.includes('me%40host'), 'the host is not in the link');
    const keyed = { idempotencyKey: `open-${id}` };
    const first = await bench.settle(bench.workspaces.openIde(id, wish, keyed));
    same(await bench.settle(bench.workspaces.openIde(id, wish, keyed)), first, 'the same key');
    for (const path of ['../x', '/etc/passwd', '.git/config', 'no-such-file']) {
      const refused = bench.settle(bench.workspaces.openIde(id, { ide: 'vscode', file: path }));
      await rejectsWith('file-not-found', refused, `open ${path}`);
    }
    await bench.settle(bench.manager.cancelSession(id));
    await rejectsWith('workspace-gone', bench.settle(bench.workspaces.openIde(id, wish)), 'after release');
  }),

  check('looking knows no unknown session', 'whatever is no session is session-not-found', async (bench) => {
    const { workspaces: port, settle } = bench;
    for (const id of unknownIds) {
      const what = JSON.stringify(id);
      await rejectsWith('session-not-found', settle(port.browse(id)), `browse ${what}`);
      await rejectsWith('session-not-found', settle(port.filePreview(id, 'a')), `filePreview ${what}`);
      await rejectsWith('session-not-found', settle(port.searchPaths(id, { q: 'a' })), `searchPaths ${what}`);
      await rejectsWith(
        'session-not-found',
        settle(port.searchContent(id, { q: 'a' })),
        `searchContent ${what}`,
      );
      await rejectsWith('session-not-found', settle(port.workspaceInfo(id)), `workspaceInfo ${what}`);
      await rejectsWith('session-not-found', settle(port.download(id)), `download ${what}`);
      await rejectsWith('session-not-found', settle(port.openIde(id, { ide: 'zed' })), `openIde ${what}`);
      await rejectsWith('session-not-found', settle(port.sessionInfo(id)), `sessionInfo ${what}`);
    }
  }),
];
