import { parseArgs } from 'node:util';

/** What a run was asked for. */
export interface Options {
  /** The numbers of the figures; undefined for all. */
  readonly figures: readonly number[] | undefined;
  readonly rounds: number;
  readonly quick: boolean;
  readonly json: boolean;
  readonly guard: boolean;
  readonly peers: boolean;
  readonly help: boolean;
  /** A folder for profiles of the server. */
  readonly profile?: string | undefined;
}

export const usage = `npm run bench -- [options]

Measures the server beside the raw limit of each figure and a naive server, in alternating rounds. The report goes to
standard output, and to bench/results where all figures are measured in five rounds or more.

  --figure 1,4   only these figures, or none
  --rounds <n>   rounds of each variant (default 5)
  --quick        small sizes and short loads, to try a figure out: proves nothing
  --json         the report on standard output as JSON
  --guard        exit with 1 when a median is above 1.3 times its recorded budget
  --peers        install and measure opencode serve and sandbox-agent server too, from the npm registry
  --profile <dir>  report where the server spends its processor time for every figure of it, not only for one that is
                 above its budget, and keep the profiles (.cpuprofile) there
  --help         this
`;

/** Reads the command line. Throws a sentence for what it does not know. */
export const readOptions = (argv: readonly string[], known: readonly number[]): Options => {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      figure: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      guard: { type: 'boolean', default: false },
      peers: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      profile: { type: 'string' },
    },
  });
  const { figure, rounds: wished, ...rest } = values;
  const rounds = Number(wished);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${wished}: must be 1 or more`);
  const figures = figure === 'none' ? [] : figure?.split(',').map(Number);
  const stranger = figures?.find((number) => !known.includes(number));
  if (stranger !== undefined) {
    throw new Error(`--figure ${figure}: there is no such figure; there are ${known.join(', ')}`);
  }
  return { figures, rounds, ...rest };
};
