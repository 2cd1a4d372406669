import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openInside } from './resolve-inside.ts';
import { isPlain } from './stat-inside.ts';
import { hostilePath, pathSeed, wouldLeak } from './testing/hostile-paths.ts';
import { type Lab, openLab, runOn, write } from './testing/lab.ts';

const sessionId = 'S1';
const known = ['kept.txt', 'caf\u00e9/men\u00fc.txt', 'deep/er/changed.txt', 'inside'];
const canary = 'CANARY 2f7d1a90';
/** No file of the workspace is as long as the canary. */
const canaryBytes = 4_711;

let lab: Lab;
let tree: string;
let paths: readonly string[];
beforeAll(async () => {
  lab = openLab();
  const url = lab.repository('source', {
    'kept.txt': 'inside\n',
    'caf\u00e9/men\u00fc.txt': 'inside\n',
    'deep/er/changed.txt': 'old\n',
  });
  tree = (await lab.workspaces.provision(runOn({ mode: 'git', url }, { sessionId }))).path;
  const outside = canary.padEnd(canaryBytes, '.');
  write(lab.root, { canary: outside, 'outside/canary': outside });
  write(tree, { 'deep/er/changed.txt': 'inside\n', '.git/canary': outside });
  symlinkSync(lab.root, join(tree, 'up'));
  symlinkSync(join(lab.root, 'canary'), join(tree, 'out'));
  symlinkSync('/proc/self/root', join(tree, 'host'));
  symlinkSync('.git', join(tree, 'own'));
  symlinkSync('deep/er/changed.txt', join(tree, 'inside'));
  paths = fc.sample(hostilePath(tree, join(lab.root, 'canary'), known), { seed: pathSeed, numRuns: 10_000 });
});
afterAll(() => lab.close());

const again = (path: string) => `${JSON.stringify(path)}, again with SEED=${pathSeed}`;

/** Every so many of the paths: all of them where a try is cheap. */
const every = (step: number): readonly string[] => paths.filter((_, index) => index % step === 0);

const portions = (all: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(all.length / 500) }, (_, index) =>
    all.slice(index * 500, index * 500 + 500),
  );

/** What is answered for a path: words, or that there is no such file. */
const answerOf = async (
  path: string,
  ask: (path: string) => Promise<string>,
): Promise<string | undefined> => {
  const said = await ask(path).catch((error: unknown) => {
    expect(error, again(path)).toMatchObject({ name: 'Problem', code: 'file-not-found' });
    return undefined;
  });
  expect(said?.includes(canary) ?? false, again(path)).toBe(false);
  return said;
};

const pieces = async (stream: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const all: Uint8Array[] = [];
  for await (const piece of stream) all.push(piece);
  return Buffer.concat(all);
};

const whole = { context: 3, full: true };
const patch = { message: 'x', at: 0 };
const archive = { root: 'S1', at: 0, signal: undefined };
/** The doors that look at the whole workspace for each path: some of the paths go through them. */
const doors: Readonly<Record<string, (path: string) => Promise<string>>> = {
  content: async (path) => JSON.stringify(await lab.workspaces.files.content(sessionId, path)),
  diff: async (path) =>
    JSON.stringify(await lab.workspaces.files.diff(sessionId, { ...whole, paths: [path] })),
  patch: async (path) =>
    `${await pieces(await lab.workspaces.files.patch(sessionId, { ...patch, paths: [path] }))}`,
  archive: async (path) =>
    gunzipSync(await pieces(await lab.workspaces.look.archive(sessionId, { ...archive, path }))).toString(
      'latin1',
    ),
};

test('such paths would be answered with files outside, where nobody guards', async () => {
  let leaks = 0;
  for (const path of every(4)) if (await wouldLeak(tree, path)) leaks += 1;
  expect(leaks, again('')).toBeGreaterThan(250);
});

test('10,000 paths open nothing outside', async () => {
  const seen = { inside: 0, refused: 0 };
  for (const path of paths) {
    const said = await answerOf(path, async () => {
      const { handle } = await openInside(tree, path);
      return handle.readFile('utf8').finally(() => handle.close());
    });
    if (said !== undefined) expect(said, again(path)).toBe('inside\n');
    seen[said === undefined ? 'refused' : 'inside'] += 1;
  }
  expect(seen.inside, again('')).toBeGreaterThan(250);
  expect(seen.refused, again('')).toBeGreaterThan(5_000);
});

describe.each(['as it is', 'after a release'])('the workspace %s', (when) => {
  beforeAll(async () => {
    if (when === 'after a release') await lab.workspaces.release(sessionId);
  });

  test('shows the beginning of no file outside, and tells no size or time of one', async () => {
    const listed = await lab.workspaces.look.tree(sessionId);
    let shown = 0;
    for (const some of portions(paths)) {
      const heads = await lab.workspaces.look.heads(sessionId, some, { maxBytes: 200, countsLines: true });
      for (const [path, { head, bytes }] of heads) {
        expect([`${Buffer.from(head)}`, bytes], again(path)).toEqual(['inside\n', 7]);
        shown += 1;
      }
      for (const [path, { bytes }] of await listed.facts(some))
        expect(bytes, again(path)).not.toBe(canaryBytes);
    }
    expect(shown, again('')).toBeGreaterThan(50);
  });

  test('has diffs and patches of what was changed in it, whatever is asked for', async () => {
    const plain = paths.filter(isPlain);
    expect(plain.length, again('')).toBeGreaterThan(500);
    let changed = 0;
    for (const some of portions(plain)) {
      const diffs = await lab.workspaces.files.diff(sessionId, { ...whole, paths: some });
      const text =
        JSON.stringify(diffs) +
        (await pieces(await lab.workspaces.files.patch(sessionId, { ...patch, paths: some })));
      expect(text).not.toContain(canary);
      changed += diffs.length;
    }
    expect(changed).toBeGreaterThan(0);
  });

  test.each(Object.entries(doors))('%s answers or says that there is no such file', async (_, ask) => {
    const tries = [...known, ...every(500)];
    let answered = 0;
    for (const path of tries) if ((await answerOf(path, ask)) !== undefined) answered += 1;
    expect(answered, again('')).toBeGreaterThan(2);
    expect(answered, again('')).toBeLessThan(tries.length);
  });
});
