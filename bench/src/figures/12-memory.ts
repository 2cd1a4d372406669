import { type Contender, type Figure, ratio } from '../figure.ts';
import { openAccessPoint } from '../load/access-point.ts';
import type { RequestBytes } from '../load/requests.ts';
import { subscribeAll } from '../load/subscriber.ts';
import { openNaive, openRaw } from '../load/targets.ts';
import type { Program } from '../process/program.ts';
import type { Stage } from '../stage.ts';

const subscribers = 5_000;
const quietMs = 1_000;

interface Idle {
  readonly program: Program;
  readonly port: number;
  readonly stream: RequestBytes;
}

const open = async (stage: Stage, start: () => Promise<Idle>): Promise<Contender> => ({
  // Each time with a new server: memory that was used once is not given back at once.
  async round() {
    const { program, port, stream } = await start();
    try {
      const quiet = () => new Promise((resolve) => setTimeout(resolve, quietMs));
      await quiet();
      const idle = await program.memory();
      const count = stage.sized(subscribers);
      const all = await subscribeAll(count, () => ({ port, request: stream }));
      await quiet();
      const subscriber = ((await program.memory()) - idle) * 1024;
      for (const each of all) each.close();
      return { idle, subscriber: subscriber / count };
    } finally {
      await program.stop();
    }
  },
  close: async () => {},
});

export const memory: Figure = {
  number: 12,
  name: 'Memory',
  what: 'The resident memory of the server process after a collection: idle, and with 5,000 subscribers to whom nothing is sent.',
  measures: 'memory',
  samples: { idle: 'MiB idle', subscriber: 'KiB per subscriber' },
  variants: [
    {
      name: 'raw',
      is: 'a bare server with an open database; a response per subscriber',
      open: (stage) =>
        open(stage, async () => ({ ...(await openRaw(stage)), stream: { method: 'GET', path: '/live' } })),
    },
    {
      name: 'naive',
      is: 'Express and a database',
      open: (stage) =>
        open(stage, async () => ({
          ...(await openNaive(stage)),
          stream: { method: 'GET', path: '/events/1' },
        })),
    },
    {
      name: 'ours',
      is: '`ah agent access-point`; its recorders are processes of their own and do not count',
      open: (stage) =>
        open(stage, async () => {
          const { program, port, headers } = await openAccessPoint(stage.folder('memory'));
          const accept = { ...headers, Accept: 'text/event-stream' };
          return { program, port, stream: { method: 'GET', path: '/api/v1/events', headers: accept } };
        }),
    },
  ],
  judgements: [
    { name: 'idle', of: 'memory when idle, to raw', unit: '×', value: ratio('idle') },
    { name: 'subscriber', of: 'memory per subscriber, to raw', unit: '×', value: ratio('subscriber') },
  ],
};
