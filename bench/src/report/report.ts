import type { Budget, Budgets } from '../budgets.ts';
import { isMet, type Judged } from '../guard.ts';
import type { Machine } from '../machine.ts';
import type { Measured } from '../measure.ts';
import type { PeerReport } from '../peers/peer.ts';
import type { Layer } from '../profile/layers.ts';
import { type Spread, spreadOf } from '../statistics.ts';

/** Everything a run found, as it is written to `results`. */
export interface Report {
  readonly machine: Machine;
  readonly rounds: number;
  /** Whether sizes were cut: then nothing here proves anything. */
  readonly quick: boolean;
  readonly figures: readonly FigureReport[];
  /** What could not be measured, and why. */
  readonly failed: readonly string[];
  readonly peers?: PeerReport | undefined;
}

/** One figure: what each variant needed, and what that is against the budgets. */
export interface FigureReport {
  readonly number: number;
  readonly name: string;
  readonly what: string;
  readonly measures: string;
  readonly variants: readonly {
    readonly name: string;
    readonly is: string;
    readonly samples: Readonly<Record<string, Spread>>;
  }[];
  readonly samples: Readonly<Record<string, string>>;
  readonly judgements: readonly JudgementReport[];
  /** Where the time of our server goes, of a figure of processor time that is above a budget. */
  readonly profile?: readonly Layer[] | undefined;
}

export interface JudgementReport {
  readonly name: string;
  readonly of: string;
  readonly unit: string;
  readonly spread: Spread;
  readonly budget: Budget;
  readonly met: boolean;
}

/** A figure's rounds as medians with their spread. Throws by name where a budget is missing. */
export const reportFigure = ({ figure, rounds }: Measured, budgets: Budgets): FigureReport => ({
  number: figure.number,
  name: figure.name,
  what: figure.what,
  measures: figure.measures,
  samples: figure.samples,
  variants: figure.variants.map(({ name, is }) => ({
    name,
    is,
    samples: Object.fromEntries(
      Object.keys(rounds[0]?.[name] ?? {}).map((sample) => [
        sample,
        spreadOf(rounds.map((round) => round[name]?.[sample] ?? Number.NaN)),
      ]),
    ),
  })),
  judgements: figure.judgements.map(({ name, of, unit, value }) => {
    const budget = budgets[String(figure.number)]?.[name];
    if (budget === undefined)
      throw new Error(`bench/budgets.json has no ${name} for figure ${figure.number}.`);
    // The ratio of each round, since its variants ran beside each other.
    const spread = spreadOf(rounds.map(value));
    return { name, of, unit, spread, budget, met: isMet({ spread, budget }) };
  }),
});

/** What the guard looks at. */
export const judgedOf = (figures: readonly FigureReport[]): Judged[] =>
  figures.flatMap(({ number, judgements }) =>
    judgements.map(({ name, unit, spread, budget }) => ({ figure: number, name, unit, spread, budget })),
  );
