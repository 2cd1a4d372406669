#!/usr/bin/env node
// Checked in, so that linking the command works before the first build.
// Node is checked before anything is imported: the native SQLite module crashes old Nodes without a word.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
const isTooOld = major < 22 || (major === 22 && minor < 19);
const program = new URL('../dist/ah.js', import.meta.url);
// On Linux a checkout brings a Node of its own with its packages.
const packaged = fileURLToPath(
  new URL(`../../../node_modules/node-linux-${process.arch}/bin/node`, import.meta.url),
);

if (isTooOld && process.platform === 'linux' && existsSync(packaged)) {
  runWith(packaged);
} else if (isTooOld) {
  refuse(`ah needs Node 22.19 or newer, this is ${process.version}: install Node 24 and try again.`);
} else if (!existsSync(program)) {
  refuse('ah is not built yet: run "npx pnpm install" and "npx pnpm build" in the checkout.');
} else {
  await import(program.href);
}

/** The same command under another Node: its streams, its signals, its exit code. */
function runWith(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the whole foreground group: the child has it already.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', () =>
    refuse(
      `ah needs Node 22.19 or newer, and the packaged one does not run here: install Node 24 and try again.`,
    ),
  );
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
  });
}

function refuse(sentence) {
  console.error(sentence);
  process.exitCode = 1;
}
