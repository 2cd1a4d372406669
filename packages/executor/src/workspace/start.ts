import type { RepoInput } from '@agent-harbor/api-contract/schemas';
import { fieldProblem } from '@agent-harbor/core/problem';
import type { Heads } from './source.ts';

/** Where a session begins. */
export interface Start {
  /** Null in a repository without commits. */
  readonly commit: string | null;
  /** The branch it is on; null when only a commit is known. */
  readonly branch: string | null;
}

const shownBranches = 12;

/** What the request means in this repository, or the problem with the field that is wrong. */
export const startOf = ({ branch, commit }: RepoInput, heads: Heads, unborn: string): Start => {
  const pinned = commit ?? null;
  if (branch !== undefined) {
    const tip = heads.branches.get(branch);
    if (tip !== undefined) return { commit: pinned ?? tip, branch };
    throw fieldProblem('repo.branch', `there is no branch ${JSON.stringify(branch)}: ${listOf(heads)}`);
  }
  if (pinned !== null) return { commit: pinned, branch: null };
  if (heads.head !== null) return { commit: heads.head.commit, branch: heads.head.branch };
  if (heads.branches.size === 0) return { commit: null, branch: unborn };
  throw fieldProblem('repo.branch', `is required, because the repository has no default: ${listOf(heads)}`);
};

const listOf = ({ branches }: Heads): string => {
  if (branches.size === 0) return 'the repository has no branches yet';
  const names = [...branches.keys()].sort();
  const more = names.length - shownBranches;
  return `the repository has ${names.slice(0, shownBranches).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

export const missingCommit = (commit: string) =>
  fieldProblem(
    'repo.commit',
    `there is no commit ${commit} that the repository gives: push it to a branch there, or name another`,
  );
