import {
  ChangedFilePage,
  type DiffRow,
  FileContent,
  FileDetail,
  FileDiff,
  SessionDiff,
} from '@agent-harbor/api-contract/schemas';
import { holds, same } from '../expect.ts';
import { bodyOf, hasStatus, isProblem, names } from './answer.ts';
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

  check('a diff comes in other forms', 'side by side, or as HTML without anything active', async (bench) => {
    const id = await bench.ended();
    const { files: unified } = await diffOf(bench, id);
    const split = (await diffOf(bench, id, '?format=split')).files;
    same(split.map(withoutRows), unified, 'what the split form has beside its rows');
    for (const { path, hunks } of split) {
      for (const { content, rows } of hunks)
        same(linesOf(rows ?? []), marked(content), `the rows of ${path}`);
    }
    for (const file of (await diffOf(bench, id, '?format=html')).files) {
      const plain = unified.find(({ path }) => path === file.path);
      same([file.format, file.hunks], ['html', plain?.hunks], `format and hunks of ${file.path} in HTML`);
      const tags = new Set([...file.diff.matchAll(/<\/?([a-z0-9]*)/gi)].map(([, name = '']) => name));
      const foreign = [...tags].filter((name) => !harmless.has(name));
      same(foreign, [], `elements that have no place in the HTML of ${file.path}`);
      same(
        textsIn(file.diff),
        marked((plain?.hunks ?? []).map(({ content }) => content).join('')),
        'its lines',
      );
    }
    const wrong = await bench.get(`${pathOf(id)}/diff?format=pdf`);
    names(isProblem(wrong, 'invalid-request', 'format=pdf'), 'format', 'format=pdf');
  }),

  check('a patch has all of it', 'as a file git takes, every change once, or some by name', async (bench) => {
    const id = await bench.ended();
    const list = await filesOf(bench, id);
    const patchOf = async (query = '') => {
      const answer = await bench.get(`${pathOf(id)}/patch${query}`);
      hasStatus(answer, 200, 'the patch');
      const { 'content-type': type = '', 'content-disposition': disposition = '' } = answer.headers;
      same(type.split(';')[0], 'text/x-patch', 'content-type');
      holds(/^attachment; filename="[\w.-]+\.patch"$/.test(disposition), `it is shown: ${disposition}`);
      return answer.text;
    };
    const count = (text: string) => text.match(/^diff --git /gm)?.length ?? 0;
    const whole = await patchOf();
    holds(
      /^From [0-9a-f]{40} .*\nFrom: .* <.*>\nDate: .*\nSubject: \[PATCH\] ./.test(whole),
      'it is no mail',
    );
    same(count(whole), list.length, 'files in the patch');
    for (const { path, status } of list.slice(0, 3)) {
      const part = await patchOf(`?files=${encodeURIComponent(path)}`);
      same(count(part), 1, `files in the patch of ${path}`);
      holds(status === 'renamed' || part.includes(`/${path}`), `the patch of ${path} is about another file`);
    }
    same(await patchOf('?files=no-such-file'), '', 'the patch of a file that was not changed');
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

const withoutRows = (file: FileDiff): FileDiff => ({
  ...file,
  format: 'unified',
  hunks: file.hunks.map(({ rows: _, ...hunk }) => hunk),
});

/** The lines of hunks with their marks; the header and what is said about line ends left out. */
const marked = (content: string): readonly string[] =>
  content.split('\n').filter((line) => /^[-+ ]/.test(line));

/** The same of rows: where lines stand side by side, the removed ones come first. */
const linesOf = (rows: readonly DiffRow[]): readonly string[] => {
  const lines: string[] = [];
  let added: string[] = [];
  for (const { left, right } of rows) {
    if (left?.kind === 'unchanged') lines.push(...added.splice(0), ` ${left.text}`);
    else if (left !== null) lines.push(`-${left.text}`);
    if (right?.kind === 'added') added.push(`+${right.text}`);
    // A row without a left side ends the removed lines: what follows is another change.
    if (left === null) {
      lines.push(...added);
      added = [];
    }
  }
  return [...lines, ...added];
};

/** The elements a table of lines is made of. */
const harmless = new Set(['section', 'header', 'span', 'p', 'table', 'caption', 'tbody', 'tr', 'td', 'code']);

/** The lines that HTML shows, with their marks. */
const textsIn = (html: string): readonly string[] =>
  [...html.matchAll(/<td class="ah-diff-mark">(.)<\/td><td class="ah-diff-text"><code>(.*?)<\/code>/gs)]
    .filter(([, mark]) => mark !== '\\')
    .map(([, mark = '', text = '']) => mark + unescaped(text.replace(/<[^>]*>/g, '')));

const unescaped = (text: string): string =>
  text
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');

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
