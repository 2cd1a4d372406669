/** One number, and what tells it from the others of its family. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  /** What is appended to the name of the family, as `_bucket` of a histogram. */
  readonly suffix?: string;
  readonly value: number;
}

/**
 * Numbers of one kind, as a scraper reads them. Labels come from closed lists only: names of routes, states, reasons.
 * An id, a path or a text as a label would make a new series for each of them.
 */
export interface Family {
  /** Begins with `agent_harbor_`, ends with its unit: `_seconds`, `_bytes`, `_total`. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly Sample[];
}

/** A family of one number that goes up and down. */
export const gauge = (name: string, help: string, value: number): Family => ({
  name,
  help,
  type: 'gauge',
  samples: [{ value }],
});

/** A gauge for each of a closed list; what is not counted is 0. */
export const gaugeBy = <Key extends string>(
  name: string,
  help: string,
  label: string,
  keys: readonly Key[],
  countOf: (key: Key) => number | undefined,
): Family => ({
  name,
  help,
  type: 'gauge',
  samples: keys.map((key) => ({ labels: { [label]: key }, value: countOf(key) ?? 0 })),
});
