import { z } from 'zod';
import { type Contender, type Figure, ratio } from '../figure.ts';
import { cpuPer } from '../load/cpu-per.ts';
import { manySessions, millionSessions } from '../load/million.ts';
import { encodeRequest, runLoad, warmUp } from '../load/requests.ts';
import { createdAt } from '../load/session-numbers.ts';
import { fillPlain } from '../load/sessions.ts';
import { openNaive, openOurs, openRaw, type Target } from '../load/targets.ts';
import type { Stage } from '../stage.ts';

/** The same pages of one server: paths, with the query. */
interface Pages {
  readonly first: string;
  readonly deepest: string;
  readonly filtered: string;
}

/** How far from the end the deepest page begins. */
const rest = 60;

const open = async (stage: Stage, target: Target, pages: Pages): Promise<Contender> => {
  const costOf = async (path: string): Promise<number> => {
    const request = encodeRequest({ method: 'GET', path, headers: target.headers });
    // By offset the deepest page takes so long that its first requests are enough.
    const load = () =>
      runLoad({
        port: target.port,
        connections: 16,
        forMs: stage.loadMs,
        atLeast: 16,
        request: () => request,
      });
    return (await cpuPer(target.program, load, ({ count }) => count)).cpu;
  };
  const first = encodeRequest({ method: 'GET', path: pages.first, headers: target.headers });
  await warmUp({ port: target.port, connections: 16, request: () => first });
  return {
    round: async () => ({
      first: await costOf(pages.first),
      deepest: await costOf(pages.deepest),
      filtered: await costOf(pages.filtered),
    }),
    close: () => target.close(),
  };
};

const FirstPage = z.object({ items: z.array(z.unknown()).length(50), nextCursor: z.string() });

/** The cursor that a walk to the deepest page would come by: the list's name from a real one, and the place there. */
const deepCursor = async (target: Target, path: string, number: number): Promise<string> => {
  const { nextCursor } = FirstPage.parse(await target.ask({ method: 'GET', path }));
  const [list] = JSON.parse(Buffer.from(nextCursor, 'base64url').toString('utf8'));
  return Buffer.from(JSON.stringify([list, createdAt(number), number + 1])).toString('base64url');
};

export const list: Figure = {
  number: 9,
  name: 'List',
  what: 'A page of 50 of 1,000,000 sessions, 16 in flight: the first one, the deepest one, and the first one of a status that one in a thousand has.',
  measures: 'processor',
  samples: {
    first: 'µs of processor time, first page',
    deepest: 'µs, deepest page',
    filtered: 'µs, first page of a status',
  },
  variants: [
    {
      name: 'raw',
      is: 'node:http, an index, prepared statements; records are sent as they are stored',
      async open(stage) {
        const target = await openRaw(stage);
        await fillPlain(target, stage.sized(manySessions));
        // Its times begin at 0.
        return open(stage, target, {
          first: '/sessions',
          deepest: `/sessions?after=${rest * 10}-${rest + 1}`,
          filtered: '/sessions?status=stopped',
        });
      },
    },
    {
      name: 'naive',
      is: 'Express, OFFSET, no index for the filter',
      async open(stage) {
        const target = await openNaive(stage);
        const count = stage.sized(manySessions);
        await fillPlain(target, count);
        return open(stage, target, {
          first: '/sessions',
          deepest: `/sessions?offset=${count - rest}`,
          filtered: '/sessions?status=stopped',
        });
      },
    },
    {
      name: 'ours',
      is: 'the server',
      async open(stage) {
        const target = await openOurs(stage, await millionSessions(stage));
        const first = '/api/v1/sessions?perPage=50';
        const cursor = await deepCursor(target, first, rest);
        return open(stage, target, {
          first,
          deepest: `${first}&cursor=${cursor}`,
          filtered: `${first}&status=stopped`,
        });
      },
    },
  ],
  judgements: [
    { name: 'first', of: 'first page, to raw', unit: '×', value: ratio('first') },
    { name: 'filtered', of: 'first page of a status, to raw', unit: '×', value: ratio('filtered') },
    {
      name: 'deepest',
      of: 'deepest page by cursor, to the first',
      unit: '×',
      value: ratio('deepest', 'ours', 'ours', 'first'),
    },
  ],
};
