import { holds, same } from '../expect.ts';
import { hasStatus, isProblem, jsonOf, member, names, type WireAnswer } from './answer.ts';
import { check, type WireBench } from './bench.ts';

/** A key no run before this one has used. */
const newKey = async (bench: WireBench): Promise<string> => `wire-${await bench.mark()}`;

export const idempotency = [
  check(
    'fifty at once with one key are one task',
    'one happens, the others are replayed or told to come back',
    async (bench) => {
      const key = await newKey(bench);
      const body = bench.task({ labels: { fifty: key } });
      const ask = async (): Promise<WireAnswer> => {
        for (;;) {
          const answer = await bench.post('/api/v1/tasks', body, { 'idempotency-key': `"${key}"` });
          if (answer.status !== 409) return answer;
          isProblem(answer, 'idempotency-in-progress', 'a twin');
          holds(
            Number(answer.headers['retry-after']) >= 1,
            `Retry-After is ${answer.headers['retry-after']}`,
          );
        }
      };
      const answers = await Promise.all(Array.from({ length: 50 }, ask));
      for (const id of new Set(answers.map((answer) => String(member(jsonOf(answer), 'id')))))
        bench.discard(`/api/v1/sessions/${id}`);
      for (const answer of answers) hasStatus(answer, 201, 'a launch');
      same(new Set(answers.map(({ text }) => text)).size, 1, 'different answers');
      const fresh = answers.filter(({ headers }) => headers['idempotency-replayed'] === undefined);
      same(fresh.length, 1, 'answers that were no replay');
      const listed = jsonOf(await bench.get(`/api/v1/sessions?label=fifty:${key}`));
      same(member(listed, 'total'), 1, 'sessions');
    },
  ),

  check('a key belongs to one body', '422 for another one', async (bench) => {
    const key = await newKey(bench);
    const headers = { 'idempotency-key': key };
    const first = await bench.launch({}, headers);
    isProblem(
      await bench.post('/api/v1/tasks', bench.task({ prompt: 'Something else' }), headers),
      'idempotency-key-reused',
      'a changed body',
    );
    same((await bench.launch({}, headers)).id, first.id, 'the replayed id');
  }),

  check(
    'a replay is the first answer',
    'status, body and Location, marked as a replay; quoted or bare',
    async (bench) => {
      const key = await newKey(bench);
      const ask = (sent: string) =>
        bench.post('/api/v1/drafts', { prompt: 'once' }, { 'idempotency-key': sent });
      const [first, again] = [await ask(key), await ask(`"${key}"`)];
      for (const { headers } of [first, again]) bench.discard(headers.location ?? '');
      same(
        [again.status, again.text, again.headers.location],
        [first.status, first.text, first.headers.location],
        'the replay',
      );
      same(again.headers['idempotency-replayed'], 'true', 'Idempotency-Replayed');
      same(first.headers['idempotency-replayed'], undefined, 'Idempotency-Replayed of the first');
    },
  ),

  check('a refusal is not kept', 'the corrected request may use its key', async (bench) => {
    const headers = { 'idempotency-key': await newKey(bench) };
    hasStatus(
      await bench.post('/api/v1/tasks', bench.task({ prompt: '' }), headers),
      400,
      'the wrong request',
    );
    const answer = await bench.post('/api/v1/tasks', bench.task(), headers);
    hasStatus(answer, 201, 'the corrected request');
    bench.discard(`/api/v1/sessions/${member(jsonOf(answer), 'id')}`);
    same(answer.headers['idempotency-replayed'], undefined, 'Idempotency-Replayed');
  }),

  check('a key is scoped by its route', 'the same key elsewhere is another key', async (bench) => {
    const headers = { 'idempotency-key': await newKey(bench) };
    await bench.launch({}, headers);
    const draft = await bench.post('/api/v1/drafts', {}, headers);
    hasStatus(draft, 201, 'a draft under the same key');
    bench.discard(draft.headers.location ?? '');
  }),

  check(
    'a key that is none is refused by name',
    '1–255 visible ASCII characters, quoted or bare',
    async (bench) => {
      for (const key of ['a b', '"', '""', 'a'.repeat(256), '"a', 'ä']) {
        const answer = await bench.post('/api/v1/drafts', {}, { 'idempotency-key': key });
        names(isProblem(answer, 'invalid-request', `the key ${key}`), 'idempotency-key', `the key ${key}`);
      }
    },
  ),

  check('every POST takes a key', 'a repeated stop is one stop, also when all is over', async (bench) => {
    const { links } = await bench.launch();
    const headers = { 'idempotency-key': await newKey(bench) };
    const stop = () => bench.send({ method: 'POST', path: `${links.self}/stop`, headers });
    const first = await stop();
    hasStatus(first, 202, 'the stop');
    await bench.get(links.events, { accept: 'text/event-stream' });
    const again = await stop();
    same([again.status, again.text], [first.status, first.text], 'the repeated stop');
    same(again.headers['idempotency-replayed'], 'true', 'Idempotency-Replayed');
  }),

  check('a replay outlives what it made', 'the answer stays when the thing is gone', async (bench) => {
    const headers = { 'idempotency-key': await newKey(bench) };
    const save = () => bench.post('/api/v1/drafts', { prompt: 'once' }, headers);
    const first = await save();
    hasStatus(first, 201, 'the draft');
    bench.discard(first.headers.location ?? '');
    hasStatus(await bench.remove(first.headers.location ?? ''), 204, 'deleting it');
    const again = await save();
    bench.discard(again.headers.location ?? '');
    same([again.status, again.text], [first.status, first.text], 'the replay');
  }),
];
