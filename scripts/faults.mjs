// The long tier of the fault tests: `npm run faults`. Words after `--` choose files, as `npm run faults -- sigkill`.
// SEED= repeats a run, AH_FAULTS_SKIP=never fails what would be skipped, AH_FAULTS_MINUTES= bounds the time.
import { spawn } from 'node:child_process';
import { globSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countVitest, durationsOf } from './vitest-report.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const seed = process.env.SEED ?? String(Math.floor(Math.random() * 2 ** 32));
const minutes = Number(process.env.AH_FAULTS_MINUTES ?? 90);
const words = process.argv.slice(2).filter((word) => word !== '--');
const isChosen = (file) => words.length === 0 || words.some((word) => `faults/${file}`.includes(word));
const chosen = globSync('*.test.ts', { cwd: join(root, 'test/faults') })
  .filter(isChosen)
  .sort();

/** Waits ten minutes for what happens by itself: the others go on beside it. */
const idle = 'stream-half-open.test.ts';
const lanes = [chosen.filter((file) => file !== idle), chosen.filter((file) => file === idle)]
  .filter((files) => files.length > 0)
  .map((files, index) => ({ files, report: join(root, '.logs', `faults-${index}.json`) }));

mkdirSync(join(root, '.logs'), { recursive: true });
console.log(`Seed ${seed}: SEED=${seed} npm run faults repeats this run.`);
if (lanes.length === 0) console.error(`There is no file of fault tests for ${words.join(' ')}.`);

const began = performance.now();
const running = lanes.map(({ files, report }) => {
  rmSync(report, { force: true });
  return spawn(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--project',
      'test',
      // One file at a time: faults of two at once would blur what each is to show, and disks are shared.
      '--no-file-parallelism',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...files.map((file) => `faults/${file}`),
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, AH_FAULTS: 'long', SEED: seed } },
  );
});
const end = (signal) => {
  for (const vitest of running) vitest.kill(signal);
};
const limit = setTimeout(() => {
  console.error(`The run is ended: it took more than ${minutes} minutes (AH_FAULTS_MINUTES).`);
  end('SIGTERM');
}, minutes * 60_000);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => end(signal));

const statuses = await Promise.all(
  running.map((vitest) => new Promise((resolve) => vitest.once('close', resolve))),
);
clearTimeout(limit);
const sum = { passed: 0, failed: 0, skipped: 0 };
for (const [index, { report }] of lanes.entries()) {
  const counts = countVitest(root, report, statuses[index]);
  for (const kind of Object.keys(sum)) sum[kind] += counts[kind];
  for (const { status, seconds, name } of durationsOf(root, report))
    if (seconds >= 0.1 || status === 'failed')
      console.log(`${seconds.toFixed(1).padStart(7)} s  ${status}  ${name}`);
}
console.log(`Seed ${seed}, ${((performance.now() - began) / 60_000).toFixed(1)} minutes`);
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed === 0 && sum.passed > 0 ? 0 : 1;
