import { holds, same } from '../expect.ts';
import { hasStatus, isProblem, jsonOf, member } from './answer.ts';
import { check } from './bench.ts';

export const resources = [
  check('a reader who has it already gets 304', 'tasks, sessions and drafts have an ETag', async (bench) => {
    const id = await bench.finished('edits');
    const draft = await bench.draft({ prompt: 'x' });
    const session = jsonOf(await bench.get(`/api/v1/sessions/${id}`));
    const paths = [`/api/v1/sessions/${id}`, `/api/v1/tasks/${member(session, 'taskId')}`, draft];
    for (const path of paths) {
      const first = await bench.get(path);
      const etag = first.headers.etag ?? '';
      holds(/^"[^"]+"$/.test(etag), `the ETag of ${path} is ${etag}`);
      for (const known of [etag, `"other", ${etag}`, `W/${etag}`, '*']) {
        const again = await bench.get(path, { 'if-none-match': known });
        same(
          [again.status, again.headers.etag, again.text],
          [304, etag, ''],
          `${path} with If-None-Match: ${known}`,
        );
      }
      hasStatus(await bench.get(path, { 'if-none-match': '"other"' }), 200, `${path} with another tag`);
    }
  }),

  check('a lost update is refused', '412 when the draft changed since it was read', async (bench) => {
    const path = await bench.draft({ prompt: 'one' });
    const put = (prompt: string, headers = {}) => bench.put(path, { prompt }, headers);
    const etag = (await bench.get(path)).headers.etag ?? '';
    const updated = await put('two', { 'if-match': etag });
    hasStatus(updated, 200, 'the first update');
    same(updated.headers.etag, (await bench.get(path)).headers.etag, 'the ETag of the update');
    isProblem(await put('three', { 'if-match': etag }), 'precondition-failed', 'the second update');
    same(member(jsonOf(await bench.get(path)), 'prompt'), 'two', 'the prompt');
    hasStatus(await put('four', { 'if-match': '*' }), 200, 'an update of whatever is there');
    hasStatus(await put('five'), 200, 'an update without a condition');
    hasStatus(await bench.remove(path), 204, 'deleting it');
    isProblem(await put('six', { 'if-match': etag }), 'draft-not-found', 'an update of what is gone');
  }),

  check(
    'a deleted session is archived',
    '204, then 404, then found with archived=true; deleting again is 204',
    async (bench) => {
      const { id, links } = await bench.launch();
      const remove = () => bench.remove(links.self);
      hasStatus(await remove(), 204, 'the first delete');
      isProblem(await bench.get(links.self), 'session-not-found', 'the deleted session');
      hasStatus(await bench.get(`${links.self}?archived=true`), 200, 'the archived session');
      hasStatus(await remove(), 204, 'the second delete');
      holds(!(await bench.get('/api/v1/sessions?perPage=200')).text.includes(id), 'it is still listed');
      hasStatus(await bench.get(links.logs), 200, 'its logs');
    },
  ),

  check(
    'a stop is accepted, and refused after the end',
    '202, then 409 that names the state',
    async (bench) => {
      const { links } = await bench.launch();
      const stop = () => bench.send({ method: 'POST', path: `${links.self}/stop` });
      const first = await stop();
      hasStatus(first, 202, 'the stop');
      same(jsonOf(first), { status: 'accepted' }, 'the answer');
      await bench.get(links.events, { accept: 'text/event-stream' });
      const document = isProblem(await stop(), 'wrong-state', 'a stop after the end');
      holds(document.detail.includes('stopped'), `the state is not named: ${document.detail}`);
    },
  ),

  check('the links of a launch lead somewhere', 'every link and Location is served', async (bench) => {
    const task = await bench.launch();
    for (const link of Object.values(task.links)) {
      hasStatus(await bench.get(link, { accept: 'application/json' }), 200, link);
    }
    const session = jsonOf(await bench.get(task.links.self));
    const links = member(session, 'links');
    for (const [name, link] of Object.entries(typeof links === 'object' && links !== null ? links : {})) {
      const { status } = await bench.get(String(link), { accept: 'application/json' });
      holds(status === 200 || status === 409, `the link ${name} got ${status}`);
    }
  }),

  check('no path leaves the workspace', 'a file outside is a file that is not there', async (bench) => {
    const id = await bench.finished('edits');
    for (const path of outside) {
      const segment = encodeURIComponent(path);
      for (const route of ['files', 'diff'].map((area) => `/api/v1/sessions/${id}/${area}/${segment}`)) {
        const answer = await bench.get(route);
        holds([400, 404, 409].includes(answer.status), `${route} got ${answer.status}`);
      }
      const content = await bench.get(`/api/v1/sessions/${id}/files/${segment}/content`);
      holds([400, 404, 409].includes(content.status), `the content of ${JSON.stringify(path)} was served`);
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
