import { type Contender, type Figure, ratio } from '../figure.ts';
import { createChance } from '../load/chance.ts';
import { cpuPer } from '../load/cpu-per.ts';
import { encodeRequest, runLoad, warmUp } from '../load/requests.ts';
import { sessionId } from '../load/session-numbers.ts';
import { fillPlain, fillStore } from '../load/sessions.ts';
import { openNaive, openOurs, openRaw, type Target } from '../load/targets.ts';
import type { Stage } from '../stage.ts';

const sessions = 1_000;

const open = async (stage: Stage, target: Target, place: string): Promise<Contender> => {
  const requests = Array.from({ length: sessions }, (_, number) =>
    encodeRequest({ method: 'GET', path: `${place}/${sessionId(number)}`, headers: target.headers }),
  );
  const chance = createChance('get');
  const work = {
    port: target.port,
    connections: 16,
    request: () => requests[chance(sessions)] ?? Buffer.alloc(0),
  };
  const load = () => runLoad({ ...work, forMs: stage.loadMs });
  await warmUp(work);
  return {
    async round() {
      const { cpu, load: done } = await cpuPer(target.program, load, ({ count }) => count);
      return { cpu, bytes: done.bytes / done.count };
    },
    close: () => target.close(),
  };
};

const openPlain = async (stage: Stage, target: Target): Promise<Contender> => {
  await fillPlain(target, sessions);
  return open(stage, target, '/sessions');
};

export const get: Figure = {
  number: 8,
  name: 'GET a session',
  what: 'One of 1,000 ended sessions, 16 in flight; the record is read from the database each time.',
  measures: 'processor',
  samples: { cpu: 'µs of processor time per request', bytes: 'bytes of an answer, with its head' },
  variants: [
    {
      name: 'raw',
      is: 'node:http and a prepared statement; the record is sent as it is stored',
      open: async (stage) => openPlain(stage, await openRaw(stage)),
    },
    {
      name: 'naive',
      is: 'Express, JSON.parse and JSON.stringify of the record',
      open: async (stage) => openPlain(stage, await openNaive(stage)),
    },
    {
      name: 'ours',
      is: 'the server: authentication, rate limit, validation, every route',
      async open(stage) {
        const stateDir = stage.folder('get');
        await fillStore(stateDir, sessions);
        return open(stage, await openOurs(stage, stateDir), '/api/v1/sessions');
      },
    },
  ],
  judgements: [{ name: 'get', of: 'processor time per request, to raw', unit: '×', value: ratio('cpu') }],
};
