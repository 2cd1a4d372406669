import { type Contender, type Figure, ratio } from '../figure.ts';
import { cpuPer } from '../load/cpu-per.ts';
import { runLoad, warmUp } from '../load/requests.ts';
import { openNaive, openOurs, openRaw, type Target } from '../load/targets.ts';
import type { Stage } from '../stage.ts';

const open = async (stage: Stage, target: Target): Promise<Contender> => {
  const full = await target.session();
  await target.fill(full, stage.sized(100_000));
  const costOf = async (session: string): Promise<number> => {
    const request = target.append(session);
    const load = () =>
      runLoad({ port: target.port, connections: 32, forMs: stage.loadMs, request: () => request });
    return (await cpuPer(target.program, load, ({ count }) => count)).cpu;
  };
  await warmUp({ port: target.port, connections: 32, request: () => target.append(full) });
  return {
    // A new one each time: it would not stay empty.
    round: async () => ({ empty: await costOf(await target.session()), full: await costOf(full) }),
    close: () => target.close(),
  };
};

export const appendToMany: Figure = {
  number: 2,
  name: 'Append to a long log',
  what: 'The same append, 32 in flight into one session: with 100,000 events in it, and with none.',
  measures: 'processor',
  samples: {
    empty: 'µs of processor time per event, empty session',
    full: 'µs of processor time per event, 100,000 events before',
  },
  variants: [
    { name: 'raw', is: 'as in figure 1', open: async (stage) => open(stage, await openRaw(stage)) },
    { name: 'naive', is: 'as in figure 1', open: async (stage) => open(stage, await openNaive(stage)) },
    { name: 'ours', is: 'as in figure 1', open: async (stage) => open(stage, await openOurs(stage)) },
  ],
  judgements: [
    {
      name: 'full',
      of: 'processor time per event, to the same on an empty session',
      unit: '×',
      value: ratio('full', 'ours', 'ours', 'empty'),
    },
  ],
};
