#!/usr/bin/env node
// Checked in, so that linking the command works before the first build.
// Node is checked before anything is imported: the native SQLite module crashes old Nodes without a word.
import { existsSync } from 'node:fs';

const [major, minor] = process.versions.node.split('.').map(Number);
const program = new URL('../dist/ah.js', import.meta.url);

if (major < 22 || (major === 22 && minor < 19)) {
  console.error(`ah needs Node 22.19 or newer, this is ${process.version}: install Node 24 and try again.`);
  process.exitCode = 1;
} else if (!existsSync(program)) {
  console.error('ah is not built yet: run "npx pnpm install" and "npx pnpm build" in the checkout.');
  process.exitCode = 1;
} else {
  await import(program.href);
}
