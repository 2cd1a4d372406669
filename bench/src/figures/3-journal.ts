import { z } from 'zod';
import { type Contender, type Figure, ratio, take } from '../figure.ts';
import { ask } from '../load/requests.ts';
import { startProgram } from '../process/program.ts';
import { programs } from '../process/programs.ts';
import type { Stage } from '../stage.ts';

const Announced = z.object({ port: z.number() });
const Fed = z.object({ events: z.number(), p50: z.number(), p99: z.number() });
const batch = 20;

const open = async (stage: Stage, name: 'raw' | 'naive' | 'feed'): Promise<Contender> => {
  const program = await startProgram({
    argv: [programs[name], stage.folder(name)],
    node: [],
  });
  const { port } = Announced.parse(program.said);
  const body = JSON.stringify({ forMs: stage.loadMs, batch });
  const feed = async () => Fed.parse(await ask(port, { method: 'POST', path: '/feed', body }));
  await feed();
  return {
    async round() {
      const before = await program.cpu();
      const { events, p50, p99 } = await feed();
      return { cpu: ((await program.cpu()) - before) / events, p50, p99 };
    },
    close: () => program.stop(),
  };
};

export const journal: Figure = {
  number: 3,
  name: 'Append from a journal',
  what: `Batches of ${batch} events of 300 B from the journals of 20 sessions in turn, one batch at a time, inside the process.`,
  measures: 'processor',
  samples: {
    cpu: 'µs of processor time per event',
    p50: 'ms from batch to commit, median',
    p99: 'ms from batch to commit, 99 of 100',
  },
  variants: [
    { name: 'raw', is: 'prepared statements, one commit per batch', open: (stage) => open(stage, 'raw') },
    { name: 'naive', is: 'one commit per event', open: (stage) => open(stage, 'naive') },
    {
      name: 'ours',
      is: 'the rules and the store of the server: the runner of each session follows a journal in memory',
      open: (stage) => open(stage, 'feed'),
    },
  ],
  judgements: [
    { name: 'journal', of: 'processor time per event, to raw', unit: '×', value: ratio('cpu') },
    {
      name: 'wait',
      of: 'wait for the commit, 99 of 100 batches',
      unit: 'ms',
      value: (round) => take(round, 'ours', 'p99'),
    },
  ],
};
