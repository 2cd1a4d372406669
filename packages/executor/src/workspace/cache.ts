import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Git, GitError, slowMs } from './git.ts';
import type { Mutex } from './mutex.ts';
import { removeTree } from './remove-tree.ts';
import { type Heads, nameOf, type Source } from './source.ts';
import { cachePath } from './workspace-paths.ts';

/** The server's own copy of a source. */
export interface CachedSource {
  readonly gitDir: string;
  readonly objectFormat: 'sha1' | 'sha256';
}

export interface Cache {
  /**
   * Brings the copy up to date and lends it. Meanwhile nobody else changes it; afterwards it may be packed anew or be
   * gone, so nothing may be borrowed from it for longer. Throws `MissingCommit` when `commit` cannot be had.
   */
  use<Result>(
    source: Source,
    heads: Heads,
    commit: string | null,
    work: (copy: CachedSource) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result>;
  /** Lends the copy as it is, without asking the source. Throws `NotCurrent` when it is not what the source had then. */
  lend<Result>(
    key: string,
    heads: Heads,
    commit: string | null,
    work: (copy: CachedSource) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result>;
  /** The keys of the sources that were used by this name, also when they are not there any more. */
  keysOf(name: string): Promise<readonly string[]>;
  /** Removes the copy of a source, when nobody uses it any more. It is made anew for who asks next. */
  drop(key: string): Promise<void>;
}

/** The copy of a source does not have what it should, and it was not asked. */
export class NotCurrent extends Error {
  override readonly name = 'NotCurrent';
}

/** A commit the source does not have, or does not give. */
export class MissingCommit extends Error {
  override readonly name = 'MissingCommit';
}

/** Where the source's branches and tags are kept: not a place that any command takes for branches of our own. */
const branchesRef = 'refs/source/heads/';
const tagsRef = 'refs/source/tags/';
const headRef = 'refs/source/HEAD';
const pinnedRef = 'refs/source/pinned/';
/** Each fetch makes a pack; so many are made one. */
const packLimit = 24;

export const createCache = (git: Git, stateDir: string, mutex: Mutex): Cache => {
  const refresh = async (
    source: Source,
    heads: Heads,
    copy: CachedSource,
    signal: AbortSignal | undefined,
  ): Promise<void> => {
    if (await isCurrent(git, copy, heads, signal)) return;
    await fetchInto(git, source, copy, refspecsOf(heads), signal);
  };

  const build = async (
    source: Source,
    heads: Heads,
    copy: CachedSource,
    signal: AbortSignal | undefined,
  ): Promise<void> => {
    const draft = { ...copy, gitDir: `${copy.gitDir}.new` };
    await rm(draft.gitDir, { recursive: true, force: true });
    await mkdir(dirname(draft.gitDir), { recursive: true, mode: 0o700 });
    await git.run(
      [
        'init',
        '--quiet',
        '--bare',
        '--template=',
        `--object-format=${copy.objectFormat}`,
        '--',
        draft.gitDir,
      ],
      { signal },
    );
    await fetchInto(git, source, draft, refspecsOf(heads), signal);
    await rm(copy.gitDir, { recursive: true, force: true });
    await rename(draft.gitDir, copy.gitDir);
  };

  const copyOf = (key: string, heads: Heads): CachedSource => ({
    gitDir: cachePath(stateDir, key),
    objectFormat: heads.head?.commit.length === 64 ? 'sha256' : 'sha1',
  });

  return {
    async use(source, heads, commit, work, signal) {
      const copy = copyOf(source.key, heads);
      return mutex.hold(copy.gitDir, signal, async () => {
        if (existsSync(copy.gitDir)) {
          try {
            await refresh(source, heads, copy, signal);
          } catch (error) {
            // The source just answered, so it is our copy: damaged, locked by a crash, or of another repository.
            if (!(error instanceof GitError) || error.failure !== 'failed') throw error;
            await build(source, heads, copy, signal);
          }
        } else {
          await build(source, heads, copy, signal);
        }
        if (commit !== null && !(await hasCommit(git, copy.gitDir, commit, signal))) {
          await fetchCommit(git, source, copy, commit, signal);
        }
        await repack(git, copy, signal);
        await noteName(copy, nameOf(source.operand));
        return work(copy);
      });
    },

    async lend(key, heads, commit, work, signal) {
      const copy = copyOf(key, heads);
      return mutex.hold(copy.gitDir, signal, async () => {
        const isThere = existsSync(copy.gitDir) && (await isCurrent(git, copy, heads, signal));
        if (!isThere || (commit !== null && !(await hasCommit(git, copy.gitDir, commit, signal)))) {
          throw new NotCurrent(key);
        }
        return work(copy);
      });
    },

    async keysOf(name) {
      const folder = dirname(cachePath(stateDir, ''));
      const copies = (await readdir(folder).catch(() => [])).filter((each) => each.endsWith('.git'));
      const named = await Promise.all(
        copies.map(async (each) => ((await namesOf(join(folder, each))).includes(name) ? [each] : [])),
      );
      return named.flat().map((each) => each.slice(0, -'.git'.length));
    },

    drop(key) {
      const gitDir = cachePath(stateDir, key);
      return mutex.hold(gitDir, undefined, () => removeTree(gitDir));
    },
  };
};

/** What the sources of a copy were called, as a text of lines; a name that has no line of its own is not found by it. */
const namesOf = async (gitDir: string): Promise<readonly string[]> =>
  (await readFile(join(gitDir, 'names'), 'utf8').catch(() => '')).split('\n');

const noteName = async ({ gitDir }: CachedSource, name: string): Promise<void> => {
  if ((await namesOf(gitDir)).includes(name)) return;
  await appendFile(join(gitDir, 'names'), `${name}\n`);
};

const refspecsOf = ({ head }: Heads): readonly string[] => [
  `+refs/heads/*:${branchesRef}*`,
  `+refs/tags/*:${tagsRef}*`,
  ...(head === null ? [] : [`+HEAD:${headRef}`]),
];

const fetchInto = async (
  git: Git,
  source: Source,
  { gitDir }: CachedSource,
  refspecs: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> => {
  await git.run(
    [
      'fetch',
      '--quiet',
      '--prune',
      '--no-tags',
      '--no-write-fetch-head',
      '--no-recurse-submodules',
      '--no-auto-maintenance',
      '--no-write-commit-graph',
      // A source may be a shallow clone; then the copy is one, too.
      '--update-shallow',
      '--',
      source.operand,
      ...refspecs,
    ],
    {
      ...source.call,
      config: { ...source.call.config, 'fetch.unpackLimit': '1' },
      gitDir,
      timeoutMs: slowMs,
      signal,
    },
  );
};

/** What hangs on no branch any more is asked for by its id; many sources give it. */
const fetchCommit = async (
  git: Git,
  source: Source,
  copy: CachedSource,
  commit: string,
  signal: AbortSignal | undefined,
): Promise<void> => {
  try {
    await fetchInto(git, source, copy, [`+${commit}:${pinnedRef}${commit}`], signal);
  } catch (error) {
    if (error instanceof GitError && error.failure === 'failed')
      throw new MissingCommit(commit, { cause: error });
    throw error;
  }
  if (!(await hasCommit(git, copy.gitDir, commit, signal))) throw new MissingCommit(commit);
};

export const hasCommit = async (
  git: Git,
  gitDir: string,
  commit: string,
  signal?: AbortSignal,
): Promise<boolean> => {
  const { exitCode } = await git.run(['cat-file', '-e', `${commit}^{commit}`], {
    gitDir,
    accept: [1, 128],
    signal,
  });
  return exitCode === 0;
};

const isCurrent = async (
  git: Git,
  { gitDir }: CachedSource,
  { head, branches, tags }: Heads,
  signal: AbortSignal | undefined,
): Promise<boolean> => {
  const wanted = new Map([
    ...[...branches].map(([name, id]) => [branchesRef + name, id] as const),
    ...[...tags].map(([name, id]) => [tagsRef + name, id] as const),
    ...(head === null ? [] : [[headRef, head.commit] as const]),
  ]);
  const listing = await git.text(['for-each-ref', '--format=%(objectname) %(refname)', 'refs/source/'], {
    gitDir,
    signal,
  });
  const kept = listing
    .split('\n')
    .map((line) => line.split(' ', 2))
    .filter(([, name = '']) => name !== '' && !name.startsWith(pinnedRef));
  return kept.length === wanted.size && kept.every(([id, name = '']) => wanted.get(name) === id);
};

const repack = async (git: Git, { gitDir }: CachedSource, signal: AbortSignal | undefined): Promise<void> => {
  const packs = (await readdir(join(gitDir, 'objects', 'pack'))).filter((name) => name.endsWith('.pack'));
  if (packs.length <= packLimit) return;
  await git.run(['repack', '-a', '-d', '-q'], { gitDir, timeoutMs: slowMs, signal });
};

/** The branches and tags of the copy in the form of a `packed-refs` file, as an ordinary clone would show them. */
export const packedRefs = async (
  git: Git,
  { gitDir }: CachedSource,
  signal?: AbortSignal,
): Promise<string> => {
  const listing = await git.text(
    ['for-each-ref', '--format=%(objectname) %(refname)', branchesRef, tagsRef],
    { gitDir, signal },
  );
  return listing
    .split('\n')
    .filter((line) => line !== '')
    .map(
      (line) =>
        `${line.replace(` ${branchesRef}`, ' refs/remotes/origin/').replace(` ${tagsRef}`, ' refs/tags/')}\n`,
    )
    .join('');
};
