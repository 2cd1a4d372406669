// The long tier of the fault tests: `npm run faults`. Words after `--` choose files, as `npm run faults -- sigkill`.
// SEED= repeats a run, AH_FAULTS_SKIP=never fails what would be skipped, AH_FAULTS_MINUTES= bounds the time.
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countVitest } from './vitest-report.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const report = join(root, '.logs', 'faults.json');
const seed = process.env.SEED ?? String(Math.floor(Math.random() * 2 ** 32));
const minutes = Number(process.env.AH_FAULTS_MINUTES ?? 90);
const files = process.argv.slice(2).filter((word) => word !== '--');

mkdirSync(join(root, '.logs'), { recursive: true });
rmSync(report, { force: true });
console.log(`Seed ${seed}: SEED=${seed} npm run faults repeats this run.`);

const vitest = spawn(
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
    ...(files.length === 0 ? ['faults/'] : files.map((file) => `faults/${file}`)),
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, AH_FAULTS: 'long', SEED: seed } },
);
const limit = setTimeout(() => {
  console.error(`The run is ended: it took more than ${minutes} minutes (AH_FAULTS_MINUTES).`);
  vitest.kill('SIGTERM');
}, minutes * 60_000);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => vitest.kill(signal));

vitest.once('close', (status) => {
  clearTimeout(limit);
  const { passed, failed, skipped } = countVitest(root, report, status);
  console.log(`Seed ${seed}`);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
});
