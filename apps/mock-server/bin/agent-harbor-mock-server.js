#!/usr/bin/env node
// Checked in, so that linking the program works before the first build.
import { existsSync } from 'node:fs';

const [major, minor] = process.versions.node.split('.').map(Number);
const program = new URL('../dist/program/mock-server.js', import.meta.url);

if (major < 22 || (major === 22 && minor < 19)) {
  refuse(
    `agent-harbor-mock-server needs Node 22.19 or newer, this is ${process.version}: install Node 24 and try again.`,
  );
} else if (!existsSync(program)) {
  refuse(
    'agent-harbor-mock-server is not built yet: run "npx pnpm install" and "npx pnpm build" in the checkout.',
  );
} else {
  await import(program.href);
}

function refuse(sentence) {
  console.error(sentence);
  process.exitCode = 1;
}
