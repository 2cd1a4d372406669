import type { Stage } from './stage.ts';

/** What one round measured of one variant, by name: `cpu` in µs per operation, `p99` in ms, `rss` in MiB … */
export type Sample = Readonly<Record<string, number>>;

/** What one round measured of every variant. */
export type Round = Readonly<Record<string, Sample>>;

/** A variant that is ready: its processes run. */
export interface Contender {
  /** One round; nothing of what it needs beforehand (connections, rows) is in its sample. */
  round(): Promise<Sample>;
  close(): Promise<void>;
}

/** One way to do the work of a figure, in a process of its own. */
interface Variant {
  /** `raw` is the limit, `naive` what is written first, `ours` the server; `ours…` where it is measured in several states. */
  readonly name: string;
  /** What it is, for the report. */
  readonly is: string;
  open(stage: Stage): Promise<Contender>;
}

/** One number that is held against a budget. */
interface Judgement {
  /** Names it in `budgets.json`. */
  readonly name: string;
  /** What is compared, for people. */
  readonly of: string;
  readonly unit: '×' | 'MiB' | 'ms' | 'events';
  /** From what one round measured. */
  value(round: Round): number;
}

/** One row of the issue of budgets. */
export interface Figure {
  readonly number: number;
  readonly name: string;
  /** The work, in a sentence. */
  readonly what: string;
  /** Whether processor time, memory or time on the wall is the question. */
  readonly measures: 'processor' | 'memory' | 'latency';
  readonly variants: readonly Variant[];
  readonly judgements: readonly Judgement[];
  /** What the samples are, by name: `cpu` is `µs of processor time per event`. */
  readonly samples: Readonly<Record<string, string>>;
}

/** A measured value of a round; throws by name, since a ratio of nothing would look like a good one. */
export const take = (round: Round, variant: string, sample: string): number => {
  const value = round[variant]?.[sample];
  if (value === undefined || !Number.isFinite(value)) {
    throw new Error(`${variant} measured no ${sample} in this round`);
  }
  return value;
};

/** How many times as much one variant needs as another in the same round. */
export const ratio =
  (sample: string, variant = 'ours', limit = 'raw', ofSample = sample) =>
  (round: Round): number =>
    take(round, variant, sample) / take(round, limit, ofSample);
