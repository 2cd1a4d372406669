import { type Contender, type Figure, take } from '../figure.ts';
import { createConnection } from '../load/connection.ts';
import { type Subscriber, subscribe, subscribeAll } from '../load/subscriber.ts';
import { openNaive, openOurs, openPulling, type Target } from '../load/targets.ts';
import type { Stage } from '../stage.ts';

const readers = 20;
/** Together as much as no socket buffer holds. */
const length = 60_000;

const open = async (stage: Stage, start: () => Promise<Target>): Promise<Contender> => {
  const offered = stage.sized(600);
  /** Appends the events while these subscribers are there. */
  const pass = async (target: Target, session: string) => {
    const connection = await createConnection(target.port);
    const request = target.appendLong(session, length);
    for (let sent = 0; sent < offered; sent++) await connection.send(request);
    connection.close();
  };
  const subscriberOf = (target: Target, session: string) => ({
    port: target.port,
    request: target.stream(session),
  });

  return {
    // Each time with a new server: one that has grown once does not grow again.
    async round() {
      const target = await start();
      try {
        // Caches and the young generation grow with the first that passes, whoever reads.
        const first = await target.session();
        const reader = await subscribe(subscriberOf(target, first));
        await pass(target, first);
        await reader.until(offered);
        reader.close();

        const session = await target.session();
        const subscribers = await subscribeAll(readers, () => subscriberOf(target, session));
        for (const subscriber of subscribers) subscriber.pause();
        const before = await target.program.memory();
        await pass(target, session);
        const after = await target.program.memory();
        const lost = await resumed(subscribers, offered);
        return { memory: (after - before) / readers, lost };
      } finally {
        await target.close();
      }
    },
    close: async () => {},
  };
};

/** Lets them read on to the end; gives how many events they did not get. */
const resumed = async (subscribers: readonly Subscriber[], offered: number): Promise<number> => {
  let lost = 0;
  await Promise.all(
    subscribers.map(async (subscriber) => {
      subscriber.resume();
      const missing = () => Math.max(0, offered - subscriber.events);
      await Promise.race([
        subscriber.until(offered),
        new Promise((resolve) => setTimeout(resolve, 60_000).unref()),
      ]).catch(() => undefined);
      lost += missing();
      subscriber.close();
    }),
  );
  return lost;
};

export const stalled: Figure = {
  number: 5,
  name: 'Stalled readers',
  what: `${readers} subscribers that do not read while 36 MB pass, and then read on.`,
  measures: 'memory',
  samples: { memory: 'MiB of memory per stalled reader', lost: 'events lost when they read on' },
  variants: [
    {
      name: 'raw',
      is: 'a cursor per reader, written when drained',
      open: (stage) => open(stage, () => openPulling(stage)),
    },
    { name: 'naive', is: 'res.write for everybody', open: (stage) => open(stage, () => openNaive(stage)) },
    { name: 'ours', is: 'the server', open: (stage) => open(stage, () => openOurs(stage)) },
  ],
  judgements: [
    {
      name: 'memory',
      of: 'memory per stalled reader',
      unit: 'MiB',
      value: (round) => take(round, 'ours', 'memory'),
    },
    {
      name: 'lost',
      of: 'events lost when they read on',
      unit: 'events',
      value: (round) => take(round, 'ours', 'lost'),
    },
  ],
};
