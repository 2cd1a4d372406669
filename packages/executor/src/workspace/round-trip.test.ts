import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deliver, git, type Lab, openLab, runOn, write } from './testing/lab.ts';

let lab: Lab;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => lab.close());

const text = (seed: number, lines: number, end: string) =>
  Array.from({ length: lines }, (_, index) => `${(seed * 31 + index * 7) % 97} some text ü${end}`).join('');

const base: Record<string, string> = Object.fromEntries([
  ...Array.from({ length: 12 }, (_, index) => [`src/file-${index}.txt`, text(index, 10 + index, '\n')]),
  ...Array.from({ length: 4 }, (_, index) => [`crlf/file-${index}.txt`, text(index, 8, '\r\n')]),
  ['no-end.txt', 'a\nb'],
  ['empty', ''],
  ['with space/ü "quoted".txt', 'x\n'],
  ['-dash', 'x\n'],
  ['tab\tnew\nline', 'x\n'],
]);

type Edit = (tree: string, files: string[], pick: (count: number) => number) => void;

/** What agents do to files. Each is given the files there are, and a source of choices. */
const edits: readonly Edit[] = [
  (tree, files, pick) => append(join(tree, at(files, pick)), `appended ${pick(1000)}\n`),
  (tree, files, pick) => append(join(tree, at(files, pick)), 'no line end'),
  (tree, files, pick) =>
    change(join(tree, at(files, pick)), (content) => content.replace(/some/, `${pick(99)}`)),
  (tree, files, pick) =>
    change(join(tree, at(files, pick)), (content) => content.split('\n').reverse().join('\n')),
  (tree, files, pick) => change(join(tree, at(files, pick)), (content) => content.replaceAll('\r\n', '\n')),
  (tree, files, pick) => change(join(tree, at(files, pick)), (content) => content.replaceAll('\n', '\r\n')),
  (tree, files, pick) => change(join(tree, at(files, pick)), () => ''),
  (tree, _files, pick) => write(tree, { [`new/${pick(50)}/${pick(50)}.txt`]: text(pick(9), pick(30), '\n') }),
  (tree, _files, pick) => write(tree, { [`new "${pick(9)}" $(x);\n-ü`]: 'x\n' }),
  (tree, _files, pick) => write(tree, { [`empty-${pick(9)}`]: '' }),
  (tree, files, pick) => rmSync(join(tree, at(files, pick))),
  (tree, files, pick) => {
    const from = at(files, pick);
    const to = join(dirname(from), `moved-${pick(1000)}`);
    if (!existsSync(join(tree, to))) renameSync(join(tree, from), join(tree, to));
  },
  (tree, files, pick) => {
    const path = join(tree, at(files, pick));
    if (lstatSync(path).isFile()) chmodSync(path, statSync(path).mode & 0o100 ? 0o644 : 0o755);
  },
  (tree, files, pick) => {
    const path = join(tree, at(files, pick));
    rmSync(path);
    symlinkSync(`target ${pick(9)}`, path);
  },
  (tree, files, pick) => {
    const path = join(tree, at(files, pick));
    rmSync(path);
    write(path, { inside: 'a directory now\n' });
  },
];

const at = (files: string[], pick: (count: number) => number): string => files[pick(files.length)] ?? '';
const change = (path: string, edit: (content: string) => string) => {
  if (lstatSync(path).isFile()) writeFileSync(path, edit(readFileSync(path, 'utf8')));
};
const append = (path: string, more: string) => change(path, (content) => content + more);

const filesOf = (tree: string): string[] =>
  readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(tree.length + 1))
    .filter((path) => !path.startsWith('.git/'))
    .sort();

test('the diff of a session, applied to its base, gives the delivered tree', {
  timeout: 120_000,
}, async () => {
  const url = lab.repository('source', base);
  const step = fc.tuple(fc.nat(edits.length - 1), fc.array(fc.nat(10_000), { minLength: 3, maxLength: 3 }));
  let round = 0;
  let applied = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 6 }), fc.nat(10), async (steps, context) => {
      round += 1;
      const run = runOn({ mode: 'git', url }, { sessionId: `S${round}`, deliverTo: `work-${round}` });
      const workspace = await lab.workspaces.provision(run);
      for (const [kind, choices] of steps) {
        let next = 0;
        const files = filesOf(workspace.path);
        edits[kind]?.(
          workspace.path,
          files,
          (count) => (choices[next++ % choices.length] ?? 0) % Math.max(1, count),
        );
        applied += 1;
      }
      const diffs = await lab.workspaces.files.diff(run.sessionId, { context, full: false });
      const result = await deliver(lab.workspaces, run, 'm');
      expect(result.state).toBe(diffs.length === 0 ? 'nothing-to-deliver' : 'delivered');
      const clone = join(lab.root, `clone-${round}`);
      git(lab.root, 'clone', '--quiet', '--no-local', '--branch', 'main', url, clone);
      if (result.state === 'delivered') {
        writeFileSync(join(lab.root, 'patch'), diffs.map(({ diff }) => diff).join(''));
        git(clone, 'apply', '--index', '--unidiff-zero', '--whitespace=nowarn', join(lab.root, 'patch'));
        expect(git(clone, 'write-tree')).toBe(git(url, 'rev-parse', `work-${round}^{tree}`));
      }
      // What was delivered is what lies in the workspace, byte for byte.
      git(clone, 'fetch', '--quiet', 'origin');
      git(
        clone,
        'checkout',
        '--quiet',
        '--force',
        '--detach',
        result.state === 'delivered' ? `origin/work-${round}` : 'main',
      );
      const contents = (tree: string) =>
        filesOf(tree).map((path) => [
          path,
          lstatSync(join(tree, path)).mode & 0o120111,
          read(join(tree, path)),
        ]);
      expect(contents(clone)).toEqual(contents(workspace.path));
    }),
    { numRuns: 8, seed: Number(process.env.SEED ?? 20_260_101) },
  );
  expect(applied).toBeGreaterThanOrEqual(40);
});

const read = (path: string): string => (lstatSync(path).isFile() ? readFileSync(path, 'base64') : 'link');
