import { holds, same } from '../expect.ts';
import { hasStatus, isProblem, jsonOf, member } from './answer.ts';
import { check } from './bench.ts';

export const caching = [
  check('a reader who has it already gets 304', 'tasks, sessions and drafts have an ETag', async (bench) => {
    const id = await bench.ended();
    const draft = await bench.draft({ prompt: 'x' });
    const session = jsonOf(await bench.get(`/api/v1/sessions/${id}`));
    for (const path of [`/api/v1/sessions/${id}`, `/api/v1/tasks/${member(session, 'taskId')}`, draft]) {
      const first = await bench.get(path);
      const etag = first.headers.etag ?? '';
      holds(/^"[^"]+"$/.test(etag), `the ETag of ${path} is ${etag}`, first.evidence);
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

  check('another state is another tag', 'who has the old one gets the new one', async (bench) => {
    const path = await bench.draft({ prompt: 'one' });
    const before = (await bench.get(path)).headers.etag ?? '';
    hasStatus(await bench.put(path, { prompt: 'two' }), 200, 'the update');
    const after = await bench.get(path, { 'if-none-match': before });
    hasStatus(after, 200, 'what changed');
    same(member(jsonOf(after), 'prompt'), 'two', 'the prompt');
    holds(after.headers.etag !== before, `both have the tag ${before}`, after.evidence);
  }),

  check('HEAD tells the tag too', 'the same as GET, and 304 for who has it', async (bench) => {
    const path = await bench.draft({ prompt: 'x' });
    const { etag } = (await bench.get(path)).headers;
    const head = await bench.send({ method: 'HEAD', path });
    same([head.status, head.headers.etag], [200, etag], 'HEAD');
    const known = await bench.send({ method: 'HEAD', path, headers: { 'if-none-match': etag } });
    hasStatus(known, 304, 'HEAD with If-None-Match');
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
];
