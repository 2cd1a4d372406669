import type { Branch, RepoInput } from '@agent-harbor/api-contract/schemas';
import { digest, Problem } from '@agent-harbor/core';

/**
 * The repositories of a host without a disk: every url is one, and has every branch that is asked for. Only what is
 * named `missing` is not there, so that this can be shown too.
 */
export interface Repositories {
  /** Throws `unsupported-choice` with the field. */
  check(repo: RepoInput): void;
  /** The commit the work starts from. */
  baseCommit(url: string, branch: string): string;
  /** Throws `unsupported-choice`. */
  branches(url: string): readonly Branch[];
  /** Makes a branch; false when another session made it before. */
  deliver(url: string, branch: string, sessionId: string, commit: string): boolean;
}

export const defaultBranch = 'main';

export const createRepositories = (): Repositories => {
  /** Repository → branch → who delivered it, with which commit. */
  const delivered = new Map<string, Map<string, { readonly sessionId: string; readonly commit: string }>>();

  return {
    check({ url, branch }) {
      if (url !== undefined && isMissing(url)) throw refused('repo.url', `${url} cannot be read`);
      if (branch === 'missing') throw refused('repo.branch', `the repository has no branch ${branch}`);
    },
    baseCommit: (url, branch) => commitId(keyOf(url), branch),
    branches(url) {
      if (isMissing(url)) throw refused('repo.url', `${url} cannot be read`);
      const made = delivered.get(keyOf(url)) ?? new Map();
      return [
        { name: defaultBranch, isDefault: true, lastCommit: commitId(keyOf(url), defaultBranch) },
        ...[...made].map(([name, { commit }]) => ({ name, isDefault: false, lastCommit: commit })),
      ];
    },
    deliver(url, branch, sessionId, commit) {
      const branches = delivered.get(keyOf(url)) ?? new Map();
      delivered.set(keyOf(url), branches);
      const before = branches.get(branch);
      if (branch === defaultBranch || (before !== undefined && before.sessionId !== sessionId)) return false;
      branches.set(branch, { sessionId, commit });
      return true;
    },
  };
};

/** Something that looks like a commit, the same for the same parts. */
export const commitId = (...parts: readonly string[]): string => {
  const text = JSON.stringify(parts);
  return (digest(text) + digest(`more ${text}`)).slice(0, 40);
};

/** A repository stays the same whoever signs in. */
const keyOf = (url: string): string => url.replace(/\/\/[^/@]*@/, '//');

const isMissing = (url: string): boolean => /(?:^|[\\/:])missing(?:\.git)?[\\/]*$/.test(url);

const refused = (field: string, message: string): Problem =>
  new Problem('unsupported-choice', { detail: `${field}: ${message}`, errors: { [field]: [message] } });
