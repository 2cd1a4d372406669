import {
  ChangedFilePage,
  FileContent,
  FileDetail,
  FileDiff,
  SessionDiff,
} from '@agent-harbor/api-contract/schemas';
import { holds, same } from '../expect.ts';
import { bodyOf, isProblem, names } from './answer.ts';
import { check, type WireBench } from './bench.ts';
import { sessionOf } from './session-of.ts';

const pathOf = (id: string): string => `/api/v1/sessions/${id}`;

/** The files of a session, as one page. */
const filesOf = async (bench: WireBench, id: string, query = '') =>
  (await bodyOf(ChangedFilePage, await bench.get(`${pathOf(id)}/files?perPage=200${query}`), 'the files'))
    .items;

const diffOf = async (bench: WireBench, id: string, query = ''): Promise<SessionDiff> =>
  bodyOf(SessionDiff, await bench.get(`${pathOf(id)}/diff${query}`), 'the diff');

export const files = [
  check('changed files are listed', 'as many as the session says, with their lines', async (bench) => {
    const id = await bench.ended();
    const { changes } = await sessionOf(bench, id);
    const list = await filesOf(bench, id);
    holds(list.length >= 2, `the session changed ${list.length} files`);
    const sum = (name: 'lines_added' | 'lines_removed') =>
      list.reduce((total, file) => total + file[name], 0);
    same(
      { files_changed: list.length, lines_added: sum('lines_added'), lines_removed: sum('lines_removed') },
      changes,
      'the changes the session tells',
    );
  }),

  check(
    'files are chosen by state and by name',
    'status is a list, path a glob over all of it',
    async (bench) => {
      const id = await bench.ended();
      const list = await filesOf(bench, id);
      const [one] = list;
      holds(one !== undefined, 'the session changed no file');
      const pathsOf = async (query: string) => (await filesOf(bench, id, query)).map(({ path }) => path);
      const all = list.map(({ path }) => path);
      const states = ['added', 'modified', 'deleted', 'renamed'];
      same(await pathsOf(`&status=${states.join(',')}`), all, 'of any state');
      const own = list.filter(({ status }) => status === one.status).map(({ path }) => path);
      same(await pathsOf(`&status=${one.status}`), own, 'of one state');
      const lacking = states.find((state) => list.every(({ status }) => status !== state));
      if (lacking !== undefined) same(await pathsOf(`&status=${lacking}`), [], 'of a state no file has');
      same(await pathsOf(`&path=${encodeURIComponent(one.path)}`), [one.path], 'by name');
      same(await pathsOf(`&path=${encodeURIComponent('**/*.nothing')}`), [], 'by a glob no file fits');
    },
  ),

  check('a file is shown with its content', 'text as it is, with its size', async (bench) => {
    const id = await bench.ended();
    for (const { path, status } of await filesOf(bench, id)) {
      if (status === 'deleted') continue;
      const place = `${pathOf(id)}/files/${encodeURIComponent(path)}`;
      same(bodyOf(FileDetail, await bench.get(place), path).path, path, 'path');
      const shown = bodyOf(FileContent, await bench.get(`${place}/content`), path);
      same([shown.path, shown.is_modified], [path, true], 'path and is_modified');
      const { length } = new TextEncoder().encode(shown.content);
      if (shown.encoding === 'utf-8') same(shown.size_bytes, length, 'size_bytes');
    }
  }),

  check('a path is one segment', 'encoded; the same in several leads nowhere', async (bench) => {
    const id = await bench.ended();
    for (const path of ['a/b', 'a/b/content', 'notes/hello.md/x']) {
      isProblem(await bench.get(`${pathOf(id)}/files/${path}`), 'route-not-found', `files/${path}`);
    }
    for (const area of ['files', 'diff']) {
      const segment = encodeURIComponent('no/such/file');
      isProblem(await bench.get(`${pathOf(id)}/${area}/${segment}`), 'file-not-found', `a missing ${area}`);
    }
  }),

  check('a diff says what changed', 'unified, file by file, and its totals', async (bench) => {
    const id = await bench.ended();
    const { changes } = await sessionOf(bench, id);
    const diff = await diffOf(bench, id);
    same(
      [diff.files.length, diff.total_lines_added, diff.total_lines_removed],
      [changes.files_changed, changes.lines_added, changes.lines_removed],
      'files, lines added, lines removed',
    );
    for (const file of diff.files) {
      const marks = (mark: string) =>
        file.hunks.flatMap(({ content }) => content.split('\n')).filter((line) => line.startsWith(mark));
      if (file.binary) continue;
      same(
        [marks('+').length, marks('-').length],
        [file.lines_added, file.lines_removed],
        `the marked lines of ${file.path}`,
      );
      holds(/^@@ /m.test(file.diff) || file.hunks.length === 0, `the diff of ${file.path} has no hunk`);
    }
  }),

  check('the diff of one file is a part of the whole', 'the same, asked for alone', async (bench) => {
    const id = await bench.ended();
    const { files: all } = await diffOf(bench, id);
    for (const file of all) {
      const place = `${pathOf(id)}/diff/${encodeURIComponent(file.path)}`;
      same(bodyOf(FileDiff, await bench.get(place), file.path), file, `the diff of ${file.path}`);
      const chosen = await diffOf(bench, id, `?files=${encodeURIComponent(file.path)}`);
      same(
        chosen.files.map(({ path }) => path),
        [file.path],
        'the files of a chosen diff',
      );
    }
  }),

  check('a diff has as much around it as asked', 'context to 10 lines, or the whole file', async (bench) => {
    const id = await bench.ended();
    for (const context of [0, 10]) {
      const { files: all } = await diffOf(bench, id, `?context=${context}`);
      for (const file of all) same(file.context_lines, context, 'context_lines');
    }
    const wrong = await bench.get(`${pathOf(id)}/diff?context=11`);
    names(isProblem(wrong, 'invalid-request', 'context=11'), 'context', 'context=11');
    const [plain] = (await diffOf(bench, id)).files;
    same([plain?.full_file, plain?.file_content], [false, null], 'without a word');
    const [full] = (await diffOf(bench, id, '?full=true')).files;
    holds(full?.full_file && full.file_content !== null, 'full=true gives no file');
  }),

  check('no path leaves the workspace', 'a file outside is a file that is not there', async (bench) => {
    const id = await bench.ended();
    for (const path of outside) {
      const segment = encodeURIComponent(path);
      for (const route of ['files', 'diff'].map((area) => `${pathOf(id)}/${area}/${segment}`)) {
        const answer = await bench.get(route);
        holds([400, 404, 409].includes(answer.status), `${route} got ${answer.status}`, answer.evidence);
      }
      const content = await bench.get(`${pathOf(id)}/files/${segment}/content`);
      holds(
        [400, 404, 409].includes(content.status),
        `the content of ${JSON.stringify(path)} was served`,
        content.evidence,
      );
    }
  }),
];

/** Ways out of a directory that were tried on others. */
const outside = [
  '/etc/passwd',
  '../../../../../../../../etc/passwd',
  '..\\..\\..\\..\\etc\\passwd',
  './../../../etc/passwd',
  'a/../../../../etc/passwd',
  '%2e%2e/%2e%2e/etc/passwd',
  '%252e%252e%252fetc%252fpasswd',
  '....//....//etc/passwd',
  '/proc/self/environ',
  '/proc/self/root/etc/passwd',
  'C:\\Windows\\win.ini',
  '\\\\server\\share\\x',
  'file:///etc/passwd',
  '.git/config',
  '.git',
  '~/.ssh/id_rsa',
  '-',
  '--',
  '--output=/tmp/x',
  `${'a/'.repeat(1500)}x`,
  ' ',
  '\u202e/etc/passwd',
];
