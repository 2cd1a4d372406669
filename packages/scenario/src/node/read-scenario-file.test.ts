import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Problem } from '@agent-harbor/core';
import { expect, it, onTestFinished } from 'vitest';
import { symbolsOf } from '../load/symbols.ts';
import { playToEnd } from '../testing/play.ts';
import { readScenarioFile } from './read-scenario-file.ts';

const folderWith = (files: Readonly<Record<string, string | Uint8Array>>): string => {
  const root = mkdtempSync(join(tmpdir(), 'scenario-files-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), contents);
  }
  return root;
};
const problemOf = (file: string): Problem => {
  try {
    readScenarioFile(file);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('It was read.');
};

const patch = '--- a/sub/a.txt\n+++ b/sub/a.txt\n@@ -1 +1 @@\n-one\n+two\n';

it('takes in seeds and patches from beside the file, so that it plays without a disk', async () => {
  const root = folderWith({
    'repo/sub/a.txt': 'one\n',
    'repo/pixel.gif': new Uint8Array([0, 255]),
    'repo/.git/config': 'never',
    'patches/a.patch': patch,
    'images/a.png': 'x',
    'x.yaml': `name: x
repo: { dir: repo, files: [{ path: b.txt, contents: own }] }
timeline:
  - rules: [{ when: $patched, config: [{ userEdits: { patch: patches/a.patch } }] }]
  - userActions: [{ userEdits: { patch: patches/a.patch } }]
  - llmResponse: [{ assistant: [[0, { type: image, mimeType: image/png, path: images/a.png }]] }]
  - assert: { fs: { exists: [sub/a.txt, pixel.gif, b.txt] } }
`,
  });
  const scenario = readScenarioFile(join(root, 'x.yaml'));
  expect(scenario.repo).toEqual({
    files: [
      { path: 'pixel.gif', contents: { base64: 'AP8=' } },
      { path: 'sub/a.txt', contents: 'one\n' },
      { path: 'b.txt', contents: 'own' },
    ],
  });
  const { bodies, exit } = await playToEnd(scenario);
  expect(exit).toMatchObject({ kind: 'turn-ended' });
  expect(bodies[0]).toMatchObject({
    type: 'file_edit',
    file_path: 'sub/a.txt',
    description: 'Edited by the user',
  });
  expect(readScenarioFile(join(root, 'x.yaml'), symbolsOf(['patched'])).timeline).toHaveLength(4);
});

it.each([
  ['a patch that is not there', 'timeline: [{ userEdits: { patch: a.patch } }]', /:2:34: .*no file a\.patch/],
  ['a folder that is not there', 'timeline: []\nrepo: { dir: nowhere }', /:3:14: .*no folder nowhere/],
  ['a path that leaves', 'timeline: [{ userEdits: { patch: ../a.patch } }]', /:2:34: .*below the folder/],
  [
    'a picture that is not there',
    'timeline: [{ userInputs: [[0, { type: image, mimeType: a/b, path: a.png }]] }]',
    /:2:.*no file a\.png/,
  ],
])('names %s with its place', (_, rest, detail) => {
  const root = folderWith({ 'x.yaml': `name: x\n${rest}\n` });
  expect(problemOf(join(root, 'x.yaml')).detail).toMatch(detail);
});

it.skipIf(process.platform === 'win32')('follows no link out of its folder', () => {
  const outside = folderWith({ 'secret.patch': patch, 'deep/secret.patch': patch });
  const root = folderWith({
    'x.yaml': 'name: x\ntimeline: [{ userEdits: { patch: link.patch } }]\n',
    'y.yaml': 'name: x\ntimeline: [{ userEdits: { patch: deep/secret.patch } }]\n',
    'z.yaml': 'name: x\nrepo: { dir: deep }\ntimeline: []\n',
  });
  symlinkSync(join(outside, 'secret.patch'), join(root, 'link.patch'));
  symlinkSync(join(outside, 'deep'), join(root, 'deep'));
  expect(problemOf(join(root, 'x.yaml')).detail).toContain('no file');
  expect(problemOf(join(root, 'y.yaml')).detail).toContain('no file');
  expect(problemOf(join(root, 'z.yaml')).detail).toContain('no folder');
});

it('says what cannot be read', () => {
  expect(problemOf('/nowhere/at/all.yaml').detail).toMatch(
    /^\/nowhere\/at\/all\.yaml cannot be read: ENOENT/,
  );
});
