import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Lab, openLab, runOn, write } from './testing/lab.ts';

let lab: Lab;
let racer: ChildProcess | undefined;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => {
  racer?.kill('SIGKILL');
  lab.close();
});

const sessionId = 'S1';
const rounds = Number(process.env.ROUNDS ?? 200);

/** Puts a link to a directory outside in the place of one inside, and back, as fast as it can. */
const race = async (tree: string, outer: string): Promise<void> => {
  racer = spawn(process.execPath, [
    '-e',
    `const fs = require('node:fs');
     const [root, outer] = process.argv.slice(1);
     process.stdout.write('.');
     for (let round = 0; ; round++) {
       try {
         fs.renameSync(root + '/d', root + '/real');
         fs.symlinkSync(outer, root + '/d');
         fs.unlinkSync(root + '/d');
         fs.renameSync(root + '/real', root + '/d');
         fs.writeFileSync(root + '/d/secret', 'inside' + round % 10);
       } catch {}
     }`,
    tree,
    outer,
  ]);
  await new Promise((resolve) => racer?.stdout?.once('data', resolve));
};

test.skipIf(process.platform !== 'linux')(
  'no look shows a file outside, while an agent exchanges directories for links',
  { timeout: 600_000 },
  async () => {
    const url = lab.repository('source', { 'd/secret': 'inside!', 'd/link-target': 'x' });
    const { path: tree } = await lab.workspaces.provision(runOn({ mode: 'git', url }, { sessionId }));
    const outer = join(lab.root, 'outer');
    mkdirSync(outer);
    writeFileSync(join(outer, 'secret'), 'CANARY!');
    writeFileSync(join(outer, 'other'), 'CANARY2');
    await race(tree, outer);
    let inside = 0;
    let otherwise = 0;
    for (let round = 0; round < rounds; round += 1) {
      const found = await lab.workspaces.files
        .diff(sessionId, { context: 3, full: true })
        .catch(() => undefined);
      const text = JSON.stringify(found) ?? '';
      expect(text).not.toContain('CANARY');
      if (/inside\d/.test(text)) inside += 1;
      else otherwise += 1;
    }
    // Otherwise the race never took place.
    expect(inside).toBeGreaterThan(0);
    expect(otherwise + inside).toBe(rounds);
  },
);

test('a file that is too large to be copied is read where it is, with its mode', async () => {
  const url = lab.repository('source', { a: 'x' });
  const { path: tree } = await lab.workspaces.provision(runOn({ mode: 'git', url }, { sessionId }));
  write(tree, { 'large ü\n.txt': Buffer.alloc(40 * 1024 * 1024, 'line\n') });
  const [file] = await lab.workspaces.files.changes(sessionId);
  expect(file).toMatchObject({ path: 'large ü\n.txt', status: 'added', new_mode: '100644' });
  expect(file?.size_bytes).toBe(40 * 1024 * 1024);
  // It is known now: nothing is read again.
  expect(await lab.workspaces.files.changes(sessionId)).toHaveLength(1);
});
