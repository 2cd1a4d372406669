import type { Program } from '../process/program.ts';

/** Does the work, and gives the processor time the program used for one of its operations, µs. */
export const cpuPer = async <Done>(
  program: Program,
  work: () => Promise<Done>,
  count: (done: Done) => number,
): Promise<{ readonly cpu: number; readonly load: Done }> => {
  const before = await program.cpu();
  const load = await work();
  return { cpu: ((await program.cpu()) - before) / count(load), load };
};
