import type { ScenarioSource } from '../format/scenario.ts';
import { asked, done, type Entry, says, thinks } from './phrases.ts';

/** How often the agent shows that it is alive, and how many times: ten minutes in all. */
const everyMs = 2_000;
const signs = 300;

const sign = (index: number): readonly Entry[] => {
  const after = `After ${((index + 1) * everyMs) / 1_000} s`;
  const noted: Entry = { agentEdits: { path: 'notes/progress.md', linesAdded: 1, description: after } };
  return [says(everyMs, `${after} I am still working.`), ...(index % 5 === 4 ? [noted] : [])];
};

export const longRunning = (): ScenarioSource => ({
  name: 'long-running',
  description:
    'Works for ten minutes: long enough to be watched, stopped, cancelled, or to outlive a server.',
  tags: ['long'],
  timeline: [
    asked('Work for a long time'),
    thinks(100, 'This will take a while.'),
    ...Array.from({ length: signs }, (_, index) => sign(index)).flat(),
    done,
  ],
});
