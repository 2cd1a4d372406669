import type { Budget } from './budgets.ts';
import type { Spread } from './statistics.ts';

/** So much above its budget a median may be: what lies between is noise, or will show in the report. */
const tolerance = 1.3;
/** A median of fewer rounds proves nothing. */
export const fewestRounds = 5;

/** A figure that was held against its budget. */
export interface Judged {
  readonly figure: number;
  readonly name: string;
  readonly unit: string;
  readonly spread: Spread;
  readonly budget: Budget;
}

/** Whether the figure is within what it shall be. */
export const isMet = ({ spread, budget }: Pick<Judged, 'spread' | 'budget'>): boolean =>
  spread.median <= budget.budget;

/** What the guard says of each figure it does not let pass; nothing when all pass. */
export const complaints = (all: readonly Judged[]): string[] =>
  all.flatMap(({ figure, name, unit, spread, budget }) => {
    const { median, least, most, rounds } = spread;
    const place = `Figure ${figure}, ${name}`;
    if (rounds < fewestRounds) {
      return [`${place}: ${rounds} rounds were measured, and the guard needs ${fewestRounds}.`];
    }
    const bound = (budget.recorded ?? budget.budget) * tolerance;
    // Not `median > bound`: what is no number must not pass.
    if (median <= bound) return [];
    const against = budget.recorded === undefined ? 'budget' : 'recorded figure';
    return [
      `${place}: the median of ${rounds} rounds is ${short(median)} ${unit} [${short(least)}..${short(most)}], above ${tolerance} times its ${against} of ${short(budget.recorded ?? budget.budget)}.`,
    ];
  });

const short = (value: number): string => value.toPrecision(3);
