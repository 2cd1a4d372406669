import { type Contender, type Figure, ratio } from '../figure.ts';
import { cpuPer } from '../load/cpu-per.ts';
import { subscribe } from '../load/subscriber.ts';
import { openNaive, openOurs, openRaw, type Target } from '../load/targets.ts';
import type { Stage } from '../stage.ts';

const open = async (stage: Stage, target: Target): Promise<Contender> => {
  const stored = stage.sized(100_000);
  const session = await target.session();
  await target.fill(session, stored);
  const replay = async () => {
    const subscriber = await subscribe({ port: target.port, request: target.stream(session) });
    await subscriber.until(stored);
    const { events, bytes } = subscriber;
    subscriber.close();
    return { events, bytes };
  };
  await replay();
  return {
    async round() {
      const { cpu, load } = await cpuPer(target.program, replay, ({ events }) => events);
      return { cpu, missing: Math.max(0, stored - load.events), bytes: load.bytes / load.events };
    },
    close: () => target.close(),
  };
};

export const replay: Figure = {
  number: 6,
  name: 'Replay',
  what: 'A session of 100,000 events of 300 B, read from its beginning over one connection.',
  measures: 'processor',
  samples: {
    cpu: 'µs of processor time per event',
    missing: 'events stored and not delivered',
    bytes: 'bytes on the wire per event',
  },
  variants: [
    {
      name: 'raw',
      is: 'frames stored as text, a page of 1,000 joined by group_concat and written at once',
      open: async (stage) => open(stage, await openRaw(stage)),
    },
    {
      name: 'naive',
      is: 'Express, every row parsed and encoded again, all rows in one array',
      open: async (stage) => open(stage, await openNaive(stage)),
    },
    { name: 'ours', is: 'the server', open: async (stage) => open(stage, await openOurs(stage)) },
  ],
  judgements: [
    { name: 'replay', of: 'processor time per event, to raw', unit: '×', value: ratio('cpu') },
    {
      name: 'missing',
      of: 'events stored and not delivered',
      unit: 'events',
      value: (round) => round.ours?.missing ?? Number.NaN,
    },
  ],
};
