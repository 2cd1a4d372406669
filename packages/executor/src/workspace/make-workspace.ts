import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Cache, type CachedSource, NotCurrent, packedRefs } from './cache.ts';
import { copyObjects } from './copy-objects.ts';
import type { MakeEmptyRepository } from './empty-repository.ts';
import { readFacts, type WorkspaceFacts, writeFacts } from './facts.ts';
import { type Git, slowMs } from './git.ts';
import { copyIndex } from './index-time.ts';
import { removeTree } from './remove-tree.ts';
import type { Heads, Source } from './source.ts';
import type { Start } from './start.ts';
import { baseRef, type WorkspacePaths } from './workspace-paths.ts';
import type { Places, Wish, WorkspacePool } from './workspace-pool.ts';

/** Who commits, as git shows it. */
export interface Author {
  readonly name: string;
  readonly email: string;
}

/** What a workspace is made from. */
export interface Origin {
  readonly source: Source;
  readonly heads: Heads;
  readonly start: Start;
  /** Whether the commit was named, and does not follow a branch. */
  readonly isPinned: boolean;
}

export interface WorkspaceMaker {
  readonly git: Git;
  readonly cache: Cache;
  readonly author: Author;
  readonly makeEmptyRepository: MakeEmptyRepository;
}

/** Lends the server's copy of a source, as it has to be for what is made. */
type Borrow = <Result>(work: (copy: CachedSource) => Promise<Result>) => Promise<Result>;

/** Directories while they are made. What a crash left under such a name is thrown away. */
export const draftsOf = (paths: WorkspacePaths): Places => ({
  git: `${paths.git}.new`,
  tree: `${paths.tree}.new`,
});

/**
 * Our repository of the session and the agent's checkout. Both have another name until they are whole; our repository
 * gets its name first and the checkout last, so a checkout under its name means that all is there. Where one that was
 * made in advance fits, it is moved here.
 */
export const makeWorkspace = async (
  maker: WorkspaceMaker,
  pool: WorkspacePool,
  paths: WorkspacePaths,
  origin: Origin | null,
  signal?: AbortSignal,
): Promise<WorkspaceFacts> => {
  const drafts = draftsOf(paths);
  await Promise.all([drafts.git, drafts.tree, paths.git].map(removeTree));
  await mkdir(dirname(drafts.tree), { recursive: true, mode: 0o700 });
  const wish = origin === null ? undefined : wishOf(origin);
  if (origin === null) await makeEmpty(maker, drafts, signal);
  else if (wish === undefined || !(await pool.take(wish, drafts))) {
    const { source, heads, start } = origin;
    const borrow: Borrow = (work) => maker.cache.use(source, heads, start.commit, work, signal);
    await makeFromSource(maker, drafts, start, borrow, signal);
  }
  await rename(drafts.git, paths.git);
  await rename(drafts.tree, paths.tree);
  if (wish !== undefined) pool.expect(wish);
  return readFacts(paths.facts);
};

/** Makes one in advance, of what the server has; false when its copy of the source is not the one wished for. */
export const makeInAdvance = async (
  maker: WorkspaceMaker,
  places: Places,
  { key, heads, start }: Wish,
  signal: AbortSignal,
): Promise<boolean> => {
  const borrow: Borrow = (work) => maker.cache.lend(key, heads, start.commit, work, signal);
  try {
    await makeFromSource(maker, places, start, borrow, signal);
    return true;
  } catch (error) {
    if (error instanceof NotCurrent) return false;
    throw error;
  }
};

const wishOf = ({ source: { key }, heads, start, isPinned }: Origin): Wish => ({
  key,
  heads,
  start,
  isPinned,
});

const settle = (drafts: Places, facts: WorkspaceFacts): Promise<void> =>
  writeFacts(join(drafts.git, 'agent-harbor.json'), facts);

const makeEmpty = async (
  { makeEmptyRepository }: WorkspaceMaker,
  drafts: Places,
  signal?: AbortSignal,
): Promise<void> => {
  await mkdir(drafts.tree);
  const baseTree = await makeEmptyRepository(drafts.git, signal);
  await settle(drafts, { version: 1, baseCommit: null, baseTree, branch: null });
};

/** The repository of a workspace without a source, as git makes it. */
export const emptyRepositoryBy =
  (git: Git): MakeEmptyRepository =>
  async (gitDir, signal) => {
    await init(git, gitDir, ['--bare'], 'sha1', signal);
    const baseTree = await setBase(git.with({ gitDir }), null, signal);
    await git.run(['read-tree', '--empty'], { gitDir, signal });
    return baseTree;
  };

const makeFromSource = async (
  { git, author }: WorkspaceMaker,
  drafts: Places,
  start: Start,
  borrow: Borrow,
  signal?: AbortSignal,
): Promise<void> => {
  await mkdir(drafts.tree);
  const { objectFormat, refs } = await borrow(async (copy) => {
    await init(git, drafts.git, ['--bare'], copy.objectFormat, signal);
    await copyObjects(copy.gitDir, drafts.git, 'link', signal);
    return { objectFormat: copy.objectFormat, refs: await packedRefs(git, copy, signal) };
  });
  const baseTree = await setBase(git.with({ gitDir: drafts.git }), start.commit, signal);

  // An ordinary checkout without a remote: what the agent pushes goes nowhere.
  const gitDir = join(drafts.tree, '.git');
  await init(git, drafts.tree, [], objectFormat, signal);
  await copyObjects(drafts.git, gitDir, 'copy', signal);
  const { branch, commit } = start;
  const own = branch === null || commit === null ? '' : `${commit} refs/heads/${branch}\n`;
  await writeFile(join(gitDir, 'packed-refs'), refs + own);
  await writeFile(join(gitDir, 'HEAD'), branch === null ? `${commit}\n` : `ref: refs/heads/${branch}\n`);
  const theirs = git.with({ gitDir, workTree: drafts.tree });
  const settings = {
    'user.name': author.name,
    'user.email': author.email,
    'core.autocrlf': 'false',
    'gc.auto': '0',
  };
  for (const [key, value] of Object.entries(settings)) {
    await theirs.run(['config', '--local', key, value], { signal });
  }
  await theirs.run(commit === null ? ['read-tree', '--empty'] : ['read-tree', '-m', '-u', baseTree], {
    timeoutMs: slowMs,
    signal,
  });
  await copyIndex(join(gitDir, 'index'), join(drafts.git, 'index'));
  await settle(drafts, { version: 1, baseCommit: commit, baseTree, branch });
};

const init = async (
  git: Git,
  path: string,
  flags: readonly string[],
  objectFormat: string,
  signal?: AbortSignal,
): Promise<void> => {
  const args = ['init', '--quiet', '--template=', `--object-format=${objectFormat}`, ...flags, '--', path];
  await git.run(args, { signal });
};

/** The tree that changes are told against; an empty one where there is no commit. */
const setBase = async (git: Git, commit: string | null, signal?: AbortSignal): Promise<string> => {
  const tree =
    commit === null
      ? await git.text(['mktree'], { input: '', signal })
      : await git.text(['rev-parse', '--verify', `${commit}^{tree}`], { signal });
  await git.run(['update-ref', baseRef, tree], { signal });
  return tree;
};
