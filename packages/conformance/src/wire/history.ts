import { EventPage } from '@agent-harbor/api-contract/schemas';
import { holds, same } from '../expect.ts';
import { bodyOf, isProblem, member } from './answer.ts';
import { check, type WireBench } from './bench.ts';
import { eventsOf, readStream, streamOf } from './streaming.ts';

const pageOf = async (bench: WireBench, path: string) =>
  bodyOf(EventPage, await bench.get(path, { accept: 'application/json' }), path);

export const history = [
  check(
    'one address, two answers',
    'a stream for those who take one, JSON for those who prefer it or page',
    async (bench) => {
      const id = await bench.ended();
      const typeOf = async (accept: string | null, query = '') =>
        (await bench.get(streamOf(id) + query, accept === null ? {} : { accept })).headers[
          'content-type'
        ]?.split(';')[0];
      for (const accept of [null, '*/*', 'text/event-stream', 'text/event-stream, application/json;q=0.5']) {
        same(await typeOf(accept), 'text/event-stream', `Accept: ${accept}`);
      }
      for (const accept of [
        'application/json',
        'application/json, text/plain, */*',
        'text/event-stream;q=0.1, application/json',
      ]) {
        same(await typeOf(accept), 'application/json', `Accept: ${accept}`);
      }
      for (const query of ['?page=1', '?perPage=5', '?sort=asc']) {
        same(await typeOf(null, query), 'application/json', query);
      }
      isProblem(
        await bench.get(streamOf(id), { accept: 'text/html' }),
        'not-acceptable',
        'Accept: text/html',
      );
    },
  ),

  check('history is what the stream gave', 'newest first by default, page by page', async (bench) => {
    const id = await bench.ended();
    const streamed = eventsOf(await readStream(bench, streamOf(id)));
    const paged: unknown[] = [];
    let query = '?perPage=3';
    for (let turn = 0; turn < 100; turn++) {
      const page = bodyOf(EventPage, await bench.get(streamOf(id) + query), 'the history');
      same(page.total, streamed.length, 'the total');
      paged.push(...page.items);
      if (page.nextCursor === null) break;
      query = `?perPage=3&cursor=${encodeURIComponent(page.nextCursor)}`;
    }
    same(paged.reverse(), streamed, 'the history');
  }),

  check('history goes both ways', 'sort=asc is the other way around', async (bench) => {
    const path = streamOf(await bench.ended());
    const newest = (await pageOf(bench, `${path}?perPage=200`)).items;
    same((await pageOf(bench, `${path}?perPage=200&sort=desc`)).items, newest, 'newest first');
    same((await pageOf(bench, `${path}?perPage=200&sort=asc`)).items, [...newest].reverse(), 'oldest first');
    holds(newest.length > 5, `the session has ${newest.length} events only`);
  }),

  check(
    'history begins behind an event',
    'behind `after`, and behind `Last-Event-ID` as a stream does',
    async (bench) => {
      const path = streamOf(await bench.ended());
      const streamed = await readStream(bench, path);
      const at = streamed[2]?.id ?? '';
      const rest = eventsOf(streamed).slice(3);
      same((await pageOf(bench, `${path}?perPage=200&sort=asc&after=${at}`)).items, rest, 'behind after');
      const answer = await bench.get(`${path}?perPage=200&sort=asc`, {
        accept: 'application/json',
        'last-event-id': at,
      });
      same(bodyOf(EventPage, answer, 'the page').items, rest, 'behind Last-Event-ID');
    },
  ),

  check('history has numbered pages', 'as every list has; fifty a page if nobody says', async (bench) => {
    const path = streamOf(await bench.ended());
    const whole = (await pageOf(bench, `${path}?perPage=200&sort=asc`)).items;
    const pages: unknown[] = [];
    for (let page: number | null = 1; page !== null && pages.length <= whole.length; ) {
      const part: Awaited<ReturnType<typeof pageOf>> = await pageOf(
        bench,
        `${path}?sort=asc&perPage=4&page=${page}`,
      );
      same([part.pagination.page, part.pagination.perPage], [page, 4], 'pagination');
      pages.push(...part.items);
      page = part.nextPage;
    }
    same(pages, whole, 'the pages');
    same((await pageOf(bench, path)).pagination.perPage, 50, 'events of a page');
  }),

  check('all sessions have a history too', 'newest first, each event with its session', async (bench) => {
    const id = await bench.ended();
    const theirs: unknown[] = [];
    const whole = (await pageOf(bench, `${streamOf(id)}?perPage=200`)).items;
    const since = encodeURIComponent(String(whole.at(-1)?.ts));
    let query = `since=${since}&perPage=200`;
    for (let turn = 0; turn < 100 && theirs.length < whole.length; turn++) {
      const page = await pageOf(bench, `/api/v1/events?${query}`);
      theirs.push(...page.items.filter((event) => member(event, 'sessionId') === id));
      if (page.nextCursor === null) break;
      query = `since=${since}&perPage=200&cursor=${encodeURIComponent(page.nextCursor)}`;
    }
    same(theirs, whole, 'the events of one session among all');
  }),
];
