import type { Scenario } from '../format/scenario.ts';
import type { Step } from './step.ts';
import { type Turn, turnsOf } from './turns.ts';

/**
 * The first turn of a scenario as an ordered list of steps; the last one is always the end. `speed` multiplies every
 * time and must be 0 or more: 0.1 is ten times as fast, 0 is all at once. Times are rounded to whole milliseconds from
 * the start, so no error adds up. Two calls with the same arguments give the same list.
 */
export const createPlayer = (scenario: Scenario, speed: number): readonly Step[] =>
  stepsOf(turnsOf(scenario)[0], speed);

/** The steps of one turn, in the same way; their times count from the start of the turn. */
export const stepsOf = ({ steps }: Pick<Turn, 'steps'>, speed: number): readonly Step[] => {
  const endMs = steps.at(-1)?.atMs ?? 0;
  const played = steps.filter(({ atMs }) => atMs <= endMs);
  return played
    .slice(0, played.findIndex(({ action }) => action.type === 'end') + 1)
    .map(({ atMs, action }) => ({ atMs: Math.round(atMs * speed), action }));
};
