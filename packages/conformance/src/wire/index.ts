import { type Suite, topic } from '../check.ts';
import type { WireContext } from './context.ts';
import { everyAnswer } from './every-answer.ts';
import { framing } from './framing.ts';
import { lists } from './lists.ts';
import { pages } from './pages.ts';
import { refusals } from './refusals.ts';
import { repeating } from './repeating.ts';
import { resources } from './resources.ts';
import { strangers } from './strangers.ts';
import { streams } from './streams.ts';

/** What every server of the contract promises on the wire, whoever runs it. */
export const wireSuite: Suite<WireContext> = {
  name: 'wire',
  checks: [
    ...topic('every answer', everyAnswer),
    ...topic('strangers', strangers),
    ...topic('hosts and origins', pages),
    ...topic('framing', framing),
    ...topic('refusals', refusals),
    ...topic('repeating', repeating),
    ...topic('resources', resources),
    ...topic('lists', lists),
    ...topic('streams', streams),
  ],
};
