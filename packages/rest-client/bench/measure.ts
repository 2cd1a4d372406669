/** One way to do the work; gives how often it did it. */
export interface Contender {
  readonly name: string;
  run(): Promise<number>;
}

/** Processor time of one operation over the rounds, microseconds. */
export interface Figure {
  readonly name: string;
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/**
 * Lets the contenders take turns, so that what the machine does meanwhile falls on all of them alike, and gives the
 * processor time of this process, all threads, for one operation. The first two rounds warm up and do not count. No
 * collection is forced in between: V8 would shrink the young generation, and every round would measure its growth.
 */
export const measure = async (contenders: readonly Contender[], rounds: number): Promise<Figure[]> => {
  const samples = contenders.map((): number[] => []);
  for (let round = -2; round < rounds; round += 1) {
    for (const [index, { run }] of contenders.entries()) {
      const before = process.cpuUsage();
      const count = await run();
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) samples[index]?.push((user + system) / count);
    }
  }
  return contenders.map(({ name }, index) => {
    const sorted = (samples[index] ?? []).toSorted((one, other) => one - other);
    const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
    return { name, median: at(0.5), least: at(0), most: at(1) };
  });
};

/** The median over rounds of the ratio of two contenders would hide drift between them; medians of each do not. */
export const ratioOf = (figure: Figure | undefined, raw: Figure | undefined): number =>
  (figure?.median ?? Number.NaN) / (raw?.median ?? Number.NaN);
