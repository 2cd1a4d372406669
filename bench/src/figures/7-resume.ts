import { type Contender, type Figure, ratio } from '../figure.ts';
import { subscribe } from '../load/subscriber.ts';
import { openNaive, openOurs, openRaw, type Target } from '../load/targets.ts';
import type { Stage } from '../stage.ts';
import { spreadOf } from '../statistics.ts';

const last = 1_000;
const times = 20;

const open = async (stage: Stage, target: Target): Promise<Contender> => {
  const logs: { readonly session: string; readonly events: number }[] = [];
  for (const size of [100_000, 1_000_000]) {
    const session = await target.session();
    const events = stage.sized(size);
    stage.note(`    a log of ${events} events`);
    await target.fill(session, events);
    logs.push({ session, events });
  }
  const [small, large] = logs;
  if (small === undefined || large === undefined) throw new Error('There is no log.');
  const resume = async ({ session, events }: typeof small): Promise<number> => {
    const request = target.stream(session, events - last);
    const from = performance.now();
    const subscriber = await subscribe({ port: target.port, request });
    await subscriber.until(1);
    const ms = performance.now() - from;
    await subscriber.until(last);
    subscriber.close();
    return ms;
  };
  return {
    async round() {
      const [ofSmall, ofLarge]: [number[], number[]] = [[], []];
      for (let time = 0; time < times; time++) {
        ofSmall.push(await resume(small));
        ofLarge.push(await resume(large));
      }
      return { small: spreadOf(ofSmall).median, large: spreadOf(ofLarge).median };
    },
    close: () => target.close(),
  };
};

export const resume: Figure = {
  number: 7,
  name: 'Resume',
  what: 'The last 1,000 events of a log of 100,000 and of 1,000,000: from the request, on a new connection, to the first event.',
  measures: 'latency',
  samples: { small: 'ms, of 100,000', large: 'ms, of 1,000,000' },
  variants: [
    { name: 'raw', is: 'as in figure 6', open: async (stage) => open(stage, await openRaw(stage)) },
    { name: 'naive', is: 'as in figure 6', open: async (stage) => open(stage, await openNaive(stage)) },
    { name: 'ours', is: 'the server', open: async (stage) => open(stage, await openOurs(stage)) },
  ],
  judgements: [
    { name: 'small', of: 'time to the first event of 100,000, to raw', unit: '×', value: ratio('small') },
    { name: 'large', of: 'time to the first event of 1,000,000, to raw', unit: '×', value: ratio('large') },
    {
      name: 'flat',
      of: '1,000,000 events to 100,000',
      unit: '×',
      value: ratio('large', 'ours', 'ours', 'small'),
    },
  ],
};
