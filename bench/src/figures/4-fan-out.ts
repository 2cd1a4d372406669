import { type Contender, type Figure, ratio } from '../figure.ts';
import { createArrivals } from '../load/arrivals.ts';
import { createConnection } from '../load/connection.ts';
import { cpuPer } from '../load/cpu-per.ts';
import type { RequestBytes } from '../load/requests.ts';
import { subscribeAll } from '../load/subscriber.ts';
import { openNaive, openOurs, openRaw, type Target } from '../load/targets.ts';
import type { Stage } from '../stage.ts';

const burst = 10;
/** However slow the machine is. */
const fewestEvents = 30;

const open = async (
  stage: Stage,
  target: Target,
  streamOf: (session: string) => RequestBytes,
): Promise<Contender> => {
  const readers = stage.sized(1_000);

  /** Sends the next request once everybody has everything of the one before. */
  const deliver = async (size: number): Promise<number> => {
    // A new one each time, so that there is no past to be given to new readers.
    const session = await target.session();
    const request = target.burst(session, size);
    const arrivals = createArrivals();
    const subscribers = await subscribeAll(readers, () => ({
      port: target.port,
      request: streamOf(session),
      onEvents: arrivals.add,
      onEnd: arrivals.fail,
    }));
    const connection = await createConnection(target.port);
    // What is there for a new reader at once is not what is measured.
    await connection.send(request);
    await arrivals.settled();
    const from = arrivals.count;
    let sent = 0;
    const { cpu } = await cpuPer(
      target.program,
      async () => {
        const endAt = performance.now() + stage.loadMs;
        while (performance.now() < endAt || sent < fewestEvents * readers) {
          await connection.send(request);
          sent += size * readers;
          await arrivals.until(from + sent);
        }
      },
      () => sent,
    );
    for (const subscriber of subscribers) subscriber.close();
    connection.close();
    return cpu;
  };
  return {
    async round() {
      return { single: await deliver(1), burst: await deliver(burst) };
    },
    close: () => target.close(),
  };
};

export const fanOut: Figure = {
  number: 4,
  name: 'Fan-out',
  what: 'An event of 300 B delivered to 1,000 subscribers of a session, the next one when all have it; also in bursts of ten. With the processor time of the request that causes it.',
  measures: 'processor',
  samples: {
    single: 'µs of processor time per delivery, events one by one',
    burst: 'µs of processor time per delivery, ten events at once',
  },
  variants: [
    {
      name: 'raw',
      is: 'node:http, one res.write of a shared buffer per reader; nothing is stored',
      open: async (stage) => open(stage, await openRaw(stage), () => ({ method: 'GET', path: '/live' })),
    },
    {
      name: 'naive',
      is: 'Express, one commit per event, JSON.stringify per reader',
      open: async (stage) => {
        const target = await openNaive(stage);
        return open(stage, target, (session) => target.stream(session, 1_000_000_000));
      },
    },
    {
      name: 'ours',
      is: 'the server, each event durable before it is shown',
      open: async (stage) => {
        const target = await openOurs(stage);
        return open(stage, target, (session) => target.stream(session));
      },
    },
  ],
  judgements: [
    {
      name: 'single',
      of: 'processor time per delivery, to one res.write of a shared buffer',
      unit: '×',
      value: ratio('single'),
    },
    {
      name: 'burst',
      of: 'processor time per delivery in bursts of ten, to one res.write of one event',
      unit: '×',
      value: ratio('burst', 'ours', 'raw', 'single'),
    },
  ],
};
