/** The seed of every random value in a test run. A failure is repeated with the SEED that was printed. */
export const seed =
  process.env.SEED === undefined ? Math.trunc(Math.random() * 2 ** 31) : Number(process.env.SEED);

/** How many values each property tries. */
export const numRuns = Number(process.env.RUNS ?? 200);

/** Random values take longer on a busy machine than one example does. */
export const patience = { timeout: 60_000 };

console.info(`SEED=${seed}`);
