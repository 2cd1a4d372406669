import {
  ChangedFilePage,
  ContentMatches,
  FilePreview,
  IdeLink,
  PathMatches,
  SessionInfo,
  WorkspaceInfo,
  WorkspaceListing,
} from '@agent-harbor/api-contract/schemas';
import { holds, present, same } from '../expect.ts';
import { bodyOf, hasStatus, isProblem, names } from './answer.ts';
import { check, type WireBench } from './bench.ts';

const pathOf = (id: string): string => `/api/v1/sessions/${id}`;

/** A session that ended, and a text file it changed. */
const edited = async (bench: WireBench) => {
  const id = await bench.ended();
  const { items } = bodyOf(
    ChangedFilePage,
    await bench.get(`${pathOf(id)}/files?perPage=200`),
    'the changed files',
  );
  const file = present(
    items.find(({ status, change_type }) => status !== 'deleted' && change_type === 'content'),
    'a changed file',
  );
  return { id, file, own: pathOf(id), segment: encodeURIComponent(file.path) };
};

export const looking = [
  check('a directory is listed', 'directories first, with what was changed', async (bench) => {
    const { own, file } = await edited(bench);
    const list = async (query: string) =>
      bodyOf(WorkspaceListing, await bench.get(`${own}/workspace/files${query}`), `workspace/files${query}`);
    const all = await list('?recursive=true&perPage=200');
    const entry = all.children.find(({ path }) => path === file.path);
    same([entry?.is_modified, entry?.size_bytes], [true, file.size_bytes], `the entry of ${file.path}`);
    same(all.total, all.children.length, 'total');
    const top = await list('?perPage=200');
    const names = [...new Set(all.children.map(({ path }) => path.split('/')[0] ?? ''))];
    same(top.children.map(({ path }) => path).sort(), names.sort(), 'the top');
    const modified = await list('?recursive=true&modified_only=true&perPage=200');
    holds(
      modified.children.length > 0 && modified.children.every(({ is_modified }) => is_modified),
      'modified_only shows others',
    );
    const first = await list('?recursive=true&perPage=1');
    same(first.children, all.children.slice(0, 1), 'the first page');
    if (all.children.length > 1) {
      const next = await list(
        `?recursive=true&perPage=1&cursor=${encodeURIComponent(first.nextCursor ?? '')}`,
      );
      same(next.children, all.children.slice(1, 2), 'the second page');
    }
  }),

  check('a path is found by its letters', 'and shown with its beginning', async (bench) => {
    const { own, file, segment } = await edited(bench);
    const search = async (query: string) =>
      bodyOf(PathMatches, await bench.get(`${own}/workspace/search/files?${query}`), `search/files?${query}`);
    const found = await search(`q=${segment}`);
    const best = present(found.files[0], 'a file');
    same([best.path, best.is_modified], [file.path, true], 'the best');
    holds(best.preview !== null, 'its beginning is missing');
    same(
      (await search(`q=${segment}&include_preview=false`)).files[0]?.preview,
      null,
      'without its beginning',
    );
    same((await search(`q=${segment}&limit=1&type=file`)).directories, [], 'directories among files');
    const wrong = await bench.get(`${own}/workspace/search/files`);
    names(isProblem(wrong, 'invalid-request', 'no q'), 'q', 'no q');
  }),

  check('content is found', 'line by line, with where it is', async (bench) => {
    const { own, file, segment } = await edited(bench);
    const search = async (query: string) =>
      bodyOf(ContentMatches, await bench.get(`${own}/files/search?${query}`), `files/search?${query}`);
    const here = await search(`q=${encodeURIComponent('^.')}&path=${segment}`);
    same([here.total, here.cut_by], [1, null], 'total and cut_by');
    const [result] = here.results;
    same(result?.path, file.path, 'path');
    const match = present(result?.matches[0], 'a match');
    same([match.line, match.column], [match.line_number, 1], 'line and column');
    const again = await search(
      `literal=true&path=${segment}&q=${encodeURIComponent(match.content.slice(0, 200))}`,
    );
    same(again.results[0]?.path, file.path, 'found by its own words');
    same((await search(`q=${encodeURIComponent('^.')}&type=nosuchtype`)).total, 0, 'of no type');
    const wrong = await bench.get(`${own}/files/search?q=%28`);
    names(isProblem(wrong, 'invalid-request', 'q=('), 'q', 'q=(');
    same((await search('q=%28&literal=true&type=nosuchtype')).total, 0, 'the text itself');
  }),

  check('a preview runs nothing', 'the beginning as JSON, whatever the file is', async (bench) => {
    const { own, file, segment } = await edited(bench);
    const answer = await bench.get(`${own}/files/${segment}/preview?max_lines=1`);
    const shown = bodyOf(FilePreview, answer, 'the preview');
    same([shown.path, shown.size_bytes, shown.is_binary], [file.path, file.size_bytes, false], 'what it is');
    holds(!shown.content_preview.includes('\n'), 'one line has a line end');
    const type = answer.headers['content-type'] ?? '';
    holds(type.startsWith('application/json'), `content-type ${type}`);
    same(answer.headers['x-content-type-options'], 'nosniff', 'x-content-type-options');
    holds(/default-src 'none'/.test(answer.headers['content-security-policy'] ?? ''), 'a browser may run it');
    const wrong = await bench.get(`${own}/files/${segment}/preview?max_lines=51`);
    names(isProblem(wrong, 'invalid-request', 'max_lines=51'), 'max_lines', 'max_lines=51');
  }),

  check('a session tells its workspace and its hosts', 'as numbers and places that answer', async (bench) => {
    const { own, id } = await edited(bench);
    const info = bodyOf(WorkspaceInfo, await bench.get(`${own}/workspace/info`), 'workspace/info');
    holds(info.session_id === id && info.file_count > 0 && info.size_bytes > 0, 'there is nothing in it');
    const session = bodyOf(SessionInfo, await bench.get(`${own}/info`), 'info');
    same([session.id, session.fleet.leader], [id, info.executor_id], 'session and leader');
    for (const [name, place] of Object.entries(session.endpoints)) {
      const answer = await bench.send({ path: place, isEnough: ({ status }) => status > 0 });
      holds(answer.status < 300, `${name} leads to ${answer.status}`, answer.evidence);
    }
  }),

  check('a workspace comes as an archive', 'to be saved, never to be shown', async (bench) => {
    const { own, segment } = await edited(bench);
    for (const query of ['', `?path=${segment}`]) {
      const answer = await bench.get(`${own}/workspace/download${query}`);
      hasStatus(answer, 200, 'the archive');
      same(answer.headers['content-type'], 'application/gzip', 'content-type');
      const { 'content-disposition': disposition = '' } = answer.headers;
      holds(/^attachment; filename="[\w.-]+\.tar\.gz"$/.test(disposition), `it is shown: ${disposition}`);
      // The second byte of gzip is no text.
      holds(answer.text.startsWith('\u001f\ufffd'), 'it is no gzip', answer.evidence);
    }
    const none = await bench.get(`${own}/workspace/download?path=no%2Fsuch`);
    isProblem(none, 'file-not-found', 'nothing');
  }),

  check('an editor gets a link', 'here and over SSH; nothing that a shell would run', async (bench) => {
    const { own } = await edited(bench);
    const open = (body: object) => bench.post(`${own}/open/ide`, body);
    const local = bodyOf(IdeLink, await open({ ide: 'vscode' }), 'vscode');
    same(local.remote, null, 'remote without a host');
    holds(local.local.url?.startsWith('vscode://file/'), `${local.local.url} opens no editor`);
    const remote = bodyOf(IdeLink, await open({ ide: 'cursor', ssh_host: 'me@host' }), 'cursor');
    holds(remote.remote?.command.join(' ').includes('ssh-remote+me@host'), 'the host is not in the command');
    names(isProblem(await open({ ide: 'notepad' }), 'invalid-request', 'notepad'), 'ide', 'notepad');
    for (const ssh_host of ['-oProxyCommand=x', 'a b', 'host;id', '$(id)']) {
      names(
        isProblem(await open({ ide: 'vim', ssh_host }), 'invalid-request', ssh_host),
        'ssh_host',
        ssh_host,
      );
    }
    isProblem(await open({ ide: 'zed', file: '../../etc/passwd' }), 'file-not-found', 'a file outside');
  }),

  check('no look leaves the workspace', 'a file outside is a file that is not there', async (bench) => {
    const { own } = await edited(bench);
    for (const path of outside) {
      const segment = encodeURIComponent(path);
      for (const route of [
        `${own}/files/${segment}/preview`,
        `${own}/workspace/files?path=${segment}`,
        `${own}/workspace/download?path=${segment}`,
      ]) {
        const answer = await bench.get(route);
        holds([400, 404].includes(answer.status), `${route} got ${answer.status}`, answer.evidence);
      }
      const answer = await bench.get(`${own}/files/search?q=%5E&path=${segment}`);
      same(bodyOf(ContentMatches, answer, `search in ${path}`).total, 0, `files found in ${path}`);
    }
  }),
];

/** Ways out of a directory that were tried on others. */
const outside = [
  '/etc',
  '/etc/passwd',
  '../../../../../../../../etc/passwd',
  '..\\..\\..\\etc\\passwd',
  'a/../../../../etc',
  '%2e%2e/%2e%2e/etc/passwd',
  '/proc/self/root/etc',
  '.git',
  '.git/config',
  '..',
  '-',
  '--files',
];
