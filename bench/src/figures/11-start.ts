import { type Contender, type Figure, ratio } from '../figure.ts';
import { accessPointArgv } from '../load/access-point.ts';
import { freePort } from '../load/free-port.ts';
import { millionSessions } from '../load/million.ts';
import { untilAnswered } from '../load/until-answered.ts';
import { startProgram } from '../process/program.ts';
import { programs } from '../process/programs.ts';
import { spreadOf } from '../statistics.ts';

const times = 3;

/** From the start of the process to its first good answer, ms. */
const startOnce = async (argv: (port: number) => readonly string[]): Promise<number> => {
  const port = await freePort();
  const from = performance.now();
  // As it is shipped: nothing is loaded beside it.
  const program = await startProgram({ argv: [process.execPath, ...argv(port)], announces: false });
  try {
    await untilAnswered(program, port, '/healthz');
    return performance.now() - from;
  } finally {
    await program.stop();
  }
};

const open = async (argv: (port: number) => readonly string[]): Promise<Contender> => {
  // The first start makes the database.
  await startOnce(argv);
  return {
    async round() {
      const starts: number[] = [];
      for (let time = 0; time < times; time++) starts.push(await startOnce(argv));
      return { start: spreadOf(starts).median };
    },
    close: async () => {},
  };
};

export const start: Figure = {
  number: 11,
  name: 'Start',
  what: 'From the start of the process to the first answer with 200; its database is there.',
  measures: 'latency',
  samples: { start: 'ms' },
  variants: [
    {
      name: 'raw',
      is: 'a bare server that opens a database',
      open: (stage) => {
        const folder = stage.folder('start');
        return open((port) => [programs.raw, folder, String(port)]);
      },
    },
    {
      name: 'naive',
      is: 'Express and a database',
      open: (stage) => {
        const folder = stage.folder('start');
        return open((port) => [programs.naive, folder, String(port)]);
      },
    },
    {
      name: 'ours',
      is: '`ah agent access-point`, nothing stored',
      open: (stage) => {
        const stateDir = stage.folder('start');
        return open((port) => accessPointArgv(stateDir, port));
      },
    },
    {
      name: 'ours, many',
      is: 'the same with 1,000,000 sessions',
      open: async (stage) => {
        const stateDir = await millionSessions(stage);
        return open((port) => accessPointArgv(stateDir, port));
      },
    },
  ],
  judgements: [
    { name: 'empty', of: 'time to the first 200, to raw', unit: '×', value: ratio('start') },
    {
      name: 'many',
      of: 'with 1,000,000 sessions, to none',
      unit: '×',
      value: ratio('start', 'ours, many', 'ours'),
    },
  ],
};
