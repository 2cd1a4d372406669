import type { Contender, Figure } from '../figure.ts';
import { ratio } from '../figure.ts';
import { cpuPer } from '../load/cpu-per.ts';
import { runLoad, warmUp } from '../load/requests.ts';
import { openNaive, openOurs, openRaw, type Target } from '../load/targets.ts';
import type { Stage } from '../stage.ts';

const inFlight = 32;
const sessions = 20;

const open = async (stage: Stage, target: Target): Promise<Contender> => {
  const requests: Buffer[] = [];
  for (let number = 0; number < sessions; number++) requests.push(target.append(await target.session()));
  const work = {
    port: target.port,
    connections: inFlight,
    request: (number: number) => requests[number % sessions] ?? Buffer.alloc(0),
  };
  const load = () => runLoad({ ...work, forMs: stage.loadMs });
  await warmUp(work);
  return {
    async round() {
      const { cpu, load: done } = await cpuPer(target.program, load, ({ count }) => count);
      return { cpu, perSecond: done.count / done.seconds };
    },
    close: () => target.close(),
  };
};

export const append: Figure = {
  number: 1,
  name: 'Append over HTTP',
  what: `An event of 300 B over HTTP, answered after the commit with synchronous=FULL, ${inFlight} in flight over ${sessions} sessions.`,
  measures: 'processor',
  samples: { cpu: 'µs of processor time per event', perSecond: 'events per second' },
  variants: [
    {
      name: 'raw',
      is: 'node:http, one commit for all that came in one turn of the event loop',
      open: async (stage) => open(stage, await openRaw(stage)),
    },
    {
      name: 'naive',
      is: 'Express, one commit per event',
      open: async (stage) => open(stage, await openNaive(stage)),
    },
    {
      name: 'ours',
      is: 'the server with one more route, which appends by the way the events of an agent take',
      open: async (stage) => open(stage, await openOurs(stage)),
    },
  ],
  judgements: [{ name: 'append', of: 'processor time per event, to raw', unit: '×', value: ratio('cpu') }],
};
