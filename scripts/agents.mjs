// The programs of vendors, end to end: `npm run e2e:agents`. They are over a gigabyte together, so they are installed
// here and by nothing else. Words after `--` choose tests by name, as `npm run e2e:agents -- gemini`.
// The last line is the sum, as that of `npm test`.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countVitest } from './vitest-report.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'e2e/agents');
const report = join(root, '.logs', 'agents.json');
const [npm, ...words] = process.argv.slice(2);

if (!install()) {
  // No test was run that could have failed: the one that would have been counts.
  console.error('The programs of the vendors could not be installed, see above.');
  console.log('0 passed, 1 failed, 0 skipped');
  process.exit(1);
}
mkdirSync(join(root, '.logs'), { recursive: true });
rmSync(report, { force: true });
const { status } = node(
  root,
  'node_modules/vitest/vitest.mjs',
  'run',
  '--config=test/agents/vitest.config.ts',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...(words.length === 0 ? [] : ['--testNamePattern', words.join('|')]),
);
const { passed, failed, skipped } = countVitest(root, report, status);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;

/** Installs what the lockfile says, unless it is there already. True when it is there now. */
function install() {
  const stamp = join(folder, 'node_modules', '.agent-harbor-installed');
  const lockfile = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  const wanted = `${lockfile} ${process.platform}-${process.arch}\n`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return true;
  console.error('Installing the programs of the vendors, over a gigabyte ...');
  // Not `npm ci`: it demands the packages of every platform, and a registry may have this one's only.
  const installed = node(
    folder,
    npm,
    'install',
    '--no-save',
    '--no-audit',
    '--no-fund',
    // The two scripts that are needed are called by name; they only put a program that is here already in its place.
    '--ignore-scripts',
  );
  if (installed.status !== 0) return false;
  const scripts = ['opencode-ai/postinstall.mjs', '@anthropic-ai/claude-code/install.cjs'];
  const done = scripts.every((script) => node(folder, join(folder, 'node_modules', script)).status === 0);
  if (done) writeFileSync(stamp, wanted);
  return done;
}

function node(cwd, ...command) {
  return spawnSync(process.execPath, command, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
}
