// Every suite in order: `npm test`. One of them: `npm test -- --only <suite> [arguments for it]`.
// The last line is the sum over all suites; a static check counts as one test.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countVitest, durationsOf } from './vitest-report.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const logs = join(root, '.logs');
const vitestReport = join(logs, 'vitest.json');

const suites = [
  { name: 'biome', says: 'formatting and lint', command: [tool('@biomejs/biome', 'biome'), 'check', '.'] },
  { name: 'imports', says: 'who may import whom', command: [join(root, 'tooling/imports/main.ts')] },
  {
    name: 'types',
    says: 'types of every package, as one program',
    command: [tool('turbo'), 'run', 'types'],
  },
  {
    name: 'build',
    says: 'libraries and programs',
    command: [tool('turbo'), 'run', 'build', '--continue'],
  },
  // Behind the build: what the declarations of a library import has to be among its dependencies, too.
  { name: 'knip', says: 'dead files, exports and dependencies', command: [tool('knip'), '--no-progress'] },
  {
    name: 'vitest',
    says: 'tests',
    live: true,
    command: [
      tool('vitest'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${vitestReport}`,
    ],
    count: (status) => {
      tellFaults();
      return countVitest(root, vitestReport, status);
    },
  },
];

const { only, rest } = options(process.argv.slice(2));
const chosen = suites.filter((suite) => only === undefined || suite.name === only);
if (chosen.length === 0) {
  console.error(
    `There is no suite "${only}": choose one of ${suites.map((suite) => suite.name).join(', ')}.`,
  );
  process.exit(1);
}

if (only === undefined) rmSync(logs, { recursive: true, force: true });
mkdirSync(logs, { recursive: true });

const sum = { passed: 0, failed: 0, skipped: 0 };
for (const suite of chosen) {
  const place = `[${suites.indexOf(suite) + 1}/${suites.length}]`;
  console.log(`${place} ${suite.name}: ${suite.says} ...`);
  const startedAt = performance.now();
  const { status, output } = await run(suite);
  const counts = suite.count?.(status) ?? {
    passed: Number(status === 0),
    failed: Number(status !== 0),
    skipped: 0,
  };
  if (status !== 0 && suite.live !== true) process.stdout.write(output);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${place} ${suite.name}: ${counts.failed === 0 ? 'ok' : 'FAILED'} (${seconds} s)`);
  for (const key of Object.keys(sum)) sum[key] += counts[key];
}

console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed === 0 ? 0 : 1;

/** Runs one suite; its output goes to `.logs/<name>.log`, and to the screen at once when it is `live`. */
function run(suite) {
  return new Promise((resolve) => {
    const log = createWriteStream(join(logs, `${suite.name}.log`));
    const chunks = [];
    const extra = only === undefined ? [] : rest;
    const child = spawn(process.execPath, [...suite.command, ...extra], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
    });
    const take = (chunk) => {
      chunks.push(chunk);
      log.write(chunk);
      if (suite.live === true) process.stdout.write(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => take(Buffer.from(`${error.message}\n`)));
    child.on('close', (status) => log.end(() => resolve({ status, output: Buffer.concat(chunks) })));
  });
}

/** What the short tier of the fault tests took, beside what it may take where nothing else runs on two cores. */
function tellFaults() {
  const seconds = durationsOf(root, vitestReport, 'test/faults/').reduce((all, one) => all + one.seconds, 0);
  if (seconds > 0) console.log(`The fault tests took ${seconds.toFixed(0)} s together, of 90 s.`);
}

/** The JavaScript entry of a tool: the ones in .bin are .cmd files on Windows and need a shell. */
function tool(name, bin = name) {
  const folder = join(root, 'node_modules', name);
  const { bin: bins } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bins === 'string' ? bins : bins[bin]);
}

function options(args) {
  if (args[0] !== '--only') {
    if (args.length === 0) return { only: undefined, rest: [] };
    console.error('Usage: npm test -- [--only <suite> [arguments for it]]');
    process.exit(1);
  }
  return { only: args[1] ?? '', rest: args.slice(2) };
}
