// What `npm start`, `npm test` and `npm run bench` call. It must run on Node 20 and before anything is installed,
// so it is plain JavaScript without dependencies.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');
const linux = process.platform === 'linux';

const [task, ...args] = process.argv.slice(2);
if (!['start', 'test', 'bench', 'faults', 'e2e:agents'].includes(task)) {
  fail('Usage: npm start, npm test, npm run bench, npm run faults or npm run e2e:agents.');
}

if (!runsOn(process.versions.node, linux ? '20.0' : '22.19')) {
  fail(
    `Agent Harbor needs Node ${linux ? '20' : '22.19'} or newer to start here, this is ${process.version}: install a newer Node (24 is the one it is tested on) and run the command again.`,
  );
}

const npx = findNpx();
install();
if (task === 'test') exitLike(pnpm('exec', 'node', 'scripts/test.mjs', ...args));
else if (task === 'faults') exitLike(pnpm('exec', 'node', 'scripts/faults.mjs', ...args));
else if (task === 'e2e:agents') agents();
else if (task === 'bench') bench();
else start();

/** Installs when node_modules is missing or was made from another lockfile. */
function install() {
  const stamp = join(modules, '.agent-harbor-installed');
  const lockfile = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex');
  const wanted = `${lockfile} ${process.platform}-${process.arch}\n`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('Installing the packages of the lockfile ...');
  const done = pnpmAside('install', '--frozen-lockfile');
  if (done.status !== 0) {
    fail(
      'The packages could not be installed, see above: check the network or the npm registry setting and run the command again.',
    );
  }
  // Written last, so an interrupted installation is taken up again.
  writeFileSync(stamp, wanted);
}

function bench() {
  build();
  exitLike(pnpm('exec', 'node', '--conditions=@agent-harbor/source', 'bench/src/main.ts', ...args));
}

function agents() {
  build();
  const npm = join(dirname(npx), 'npm-cli.js');
  exitLike(pnpm('exec', 'node', 'scripts/agents.mjs', npm, ...args));
}

function build() {
  console.error('Building the programs (nothing to do when no source changed) ...');
  const command = ['turbo', 'run', 'build', '--filter=@agent-harbor/cli', '--output-logs=errors-only'];
  const built = pnpmAside('exec', ...command);
  if (built.status !== 0) fail('The programs could not be built, see above.');
}

function start() {
  build();

  // Directly and not through pnpm, so that signals reach the server and its exit code reaches the caller.
  const server = spawn(node(), [join(root, 'apps/cli/dist/ah.js'), 'start', ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the whole foreground group: the server has it already.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) server.kill(signal);
    });
  }
  // npm runs us in a shell, and a shell that is ended does not pass the signal on: we notice that it is gone.
  if (process.env.npm_lifecycle_event !== undefined) {
    const shell = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid === shell) return;
      clearInterval(watch);
      server.kill('SIGTERM');
    }, 500);
  }
  server.on('error', (error) => fail(`The server could not be started: ${error.message}`));
  server.on('exit', (status, signal) => exitLike({ status, signal }));
}

/** The Node that runs the programs: the one from the lockfile on Linux, else the one running this. */
function node() {
  const locked = join(modules, `node-linux-${process.arch}`, 'bin', 'node');
  // It is built for glibc; where it does not run (Alpine), the installed Node must do.
  if (linux && spawnSync(locked, ['--version']).status === 0) return locked;
  if (runsOn(process.versions.node, '22.19')) return process.execPath;
  return fail(
    `There is no packaged Node for this ${process.platform} on ${process.arch} and ${process.version} is too old: install Node 22.19 or newer (24 is the one it is tested on).`,
  );
}

/** Runs the pinned pnpm. `npx` is a .cmd file on Windows, which cannot be spawned without a shell. */
function pnpm(...command) {
  return runPnpm('inherit', command);
}

/** The same where standard output belongs to what comes after: a report, a line of JSON. */
function pnpmAside(...command) {
  return runPnpm(['inherit', 2, 2], command);
}

function runPnpm(stdio, command) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return spawnSync(process.execPath, [npx, '-y', manifest.packageManager, ...command], {
    cwd: root,
    stdio,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
  });
}

/** npx-cli.js: beside the npm that runs us, beside this Node, or behind the `npx` on the PATH. */
function findNpx() {
  const bin = dirname(process.execPath);
  const candidates = [
    join(dirname(process.env.npm_execpath ?? ''), 'npx-cli.js'),
    join(bin, 'node_modules/npm/bin/npx-cli.js'),
    join(bin, '../lib/node_modules/npm/bin/npx-cli.js'),
    ...(process.env.PATH ?? '').split(delimiter).flatMap((folder) => {
      const file = join(folder, 'npx');
      return folder !== '' && existsSync(file) ? [join(dirname(realpathSync(file)), 'npx-cli.js')] : [];
    }),
  ];
  return (
    candidates.find((file) => existsSync(file)) ??
    fail('npm was not found beside Node or on the PATH: install npm and run the command again.')
  );
}

function runsOn(version, minimum) {
  const [major, minor] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = minimum.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

function exitLike({ status, signal }) {
  process.exit(status ?? 128 + (constants.signals[signal] ?? 0));
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
