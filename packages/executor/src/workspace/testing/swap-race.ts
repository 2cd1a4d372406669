import { spawn } from 'node:child_process';

/**
 * How often a test of a race looks: as many times as `ROUNDS` says, or as often as can be had in the time that a run of
 * all tests has for it.
 */
export const roundsOf = (usual: number): number => Number(process.env.ROUNDS ?? usual);

/** Says what a long run saw; one among all tests is quiet. */
export const tellRace = (what: string, seen: Readonly<Record<string, number>>): void => {
  if (process.env.ROUNDS !== undefined) process.stdout.write(`${what}: ${JSON.stringify(seen)}\n`);
};

/** A process that exchanges a directory for a link, until it is ended. */
export interface SwapRace {
  stop(): void;
}

// It stays as it is for as long as a look may take between two of its steps, which is never twice the same.
const swapping = `
const fs = require('node:fs');
const [root, outer, text] = process.argv.slice(1);
const stay = () => {
  const end = performance.now() + Math.random() ** 2 * 0.6;
  while (performance.now() < end);
};
process.stdout.write('.');
for (let round = 0; ; round++) {
  try {
    fs.renameSync(root + '/d', root + '/real');
    fs.symlinkSync(outer, root + '/d');
    stay();
    fs.unlinkSync(root + '/d');
    fs.renameSync(root + '/real', root + '/d');
    if (text !== undefined) fs.writeFileSync(root + '/d/secret', text + round % 10);
    stay();
  } catch {}
}`;

/**
 * Puts a link to a directory outside in the place of the directory `d` of a tree, and takes it away again, as fast as
 * another process can. With a text the file `d/secret` is written anew each time: the text and a digit.
 */
export const raceSwaps = async (tree: string, outer: string, text?: string): Promise<SwapRace> => {
  const child = spawn(process.execPath, ['-e', swapping, tree, outer, ...(text === undefined ? [] : [text])]);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return { stop: () => child.kill('SIGKILL') };
};
