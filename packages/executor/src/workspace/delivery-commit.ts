import { createHash } from 'node:crypto';
import type { Git } from './git.ts';
import type { Author } from './make-workspace.ts';
import type { Kept } from './session-trees.ts';
import { deliveredRef } from './workspace-paths.ts';

/** What is to be committed for a branch. */
export interface CommitWish {
  readonly kept: Kept;
  /** Null where the work began without a commit: what it gets first has no parent. */
  readonly base: string | null;
  readonly message: string;
  readonly author: Author;
  /** Milliseconds since the epoch, where nothing else says when. */
  readonly now: number;
}

/**
 * The commit for a branch that is at `tip`. What was made for it before is found again: the same files, message and place
 * give the same commit, also after a crash, and files that changed follow on what the branch has of us. Undefined when the
 * branch has commits that are not ours.
 */
export const commitFor = async (
  { kept, base, message, author, now }: CommitWish,
  branch: string,
  tip: string | undefined,
  signal?: AbortSignal,
): Promise<string | undefined> => {
  const { git, tree, final } = kept;
  const ref = `${deliveredRef}/${createHash('sha256').update(branch).digest('hex').slice(0, 40)}`;
  const before = await object(git, ref, signal);
  const isNew = tip === undefined || tip === base;
  if (!isNew) {
    const isOurs = tip === final || (before !== '' && (await isIn(git, tip, before, signal)));
    if (!isOurs) return undefined;
    if ((await object(git, `${tip}^{tree}`, signal)) === tree) return tip;
  }
  const parent = isNew ? base : tip;
  const isRepeated =
    before !== '' &&
    (await object(git, `${before}^`, signal)) === (parent ?? '') &&
    (await object(git, `${before}^{tree}`, signal)) === tree;
  const like = final ?? (isRepeated ? before : undefined);
  const seconds =
    like === undefined
      ? String(Math.floor(now / 1000))
      : await git.text(['log', '-1', '--format=%ct', '--end-of-options', like], { signal });
  const commit = await commitTree(git, { tree, parent, message, author, seconds }, signal);
  await git.run(['update-ref', ref, commit], { signal });
  return commit;
};

interface CommitFacts {
  readonly tree: string;
  readonly parent: string | null;
  readonly message: string;
  readonly author: Author;
  /** Since the epoch. */
  readonly seconds: string;
}

export const commitTree = (
  git: Git,
  { tree, parent, message, author, seconds }: CommitFacts,
  signal?: AbortSignal,
): Promise<string> => {
  const date = `@${seconds} +0000`;
  return git.text(['commit-tree', ...(parent === null ? [] : ['-p', parent]), tree], {
    // A NUL cannot be in a commit message.
    input: message.replaceAll('\0', ' '),
    environment: {
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: author.name,
      GIT_COMMITTER_EMAIL: author.email,
      GIT_COMMITTER_DATE: date,
    },
    signal,
  });
};

const object = (git: Git, name: string, signal: AbortSignal | undefined): Promise<string> =>
  git.text(['rev-parse', '--verify', '--quiet', '--end-of-options', name], { accept: [1, 128], signal });

/** Whether a commit is the other one, or came before it. One that is not in our repository is neither. */
const isIn = async (
  git: Git,
  commit: string,
  later: string,
  signal: AbortSignal | undefined,
): Promise<boolean> => {
  if ((await object(git, `${commit}^{commit}`, signal)) === '') return false;
  const { exitCode } = await git.run(['merge-base', '--is-ancestor', commit, later], {
    accept: [1, 128],
    signal,
  });
  return exitCode === 0;
};
