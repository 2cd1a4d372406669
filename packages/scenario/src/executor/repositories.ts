import type { RepoInput } from '@agent-harbor/api-contract/schemas';
import {
  digest,
  type FileWish,
  fieldProblem,
  Problem,
  protectionOf,
  type RepositoryRefs,
  type TrackedFiles,
  usuallyProtected,
} from '@agent-harbor/core';
import { demoRepository } from '../demo-repository.ts';

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
  refs(url: string): RepositoryRefs;
  /** The files of the demonstration, in every repository and at every ref. Throws `unsupported-choice`. */
  trackedFiles(url: string, wish: FileWish): TrackedFiles;
  /** Throws `invalid-request` for a branch that would not be taken, as far as that is known before it is there. */
  checkTargets(url: string, branches: readonly string[], field: string): void;
  /** Makes a branch, or lets it go on; why not when it is protected, another session made it before, or it moved. */
  deliver(url: string, branch: string, sessionId: string, commit: string): Refusal | undefined;
}

/** Why a branch was not taken. */
interface Refusal {
  readonly isTaken: boolean;
  readonly reason: string;
}

/** A branch that everywhere got commits of somebody else while an agent worked. */
const movedBranch = 'moved';

export const defaultBranch = 'main';

export const createRepositories = (): Repositories => {
  /** Repository → branch → who delivered it, with which commit. */
  const delivered = new Map<string, Map<string, { readonly sessionId: string; readonly commit: string }>>();

  const refsOf = (url: string): RepositoryRefs => {
    if (isMissing(url)) throw refused('repo.url', `${url} cannot be read`);
    const made = delivered.get(keyOf(url)) ?? new Map();
    const commit = commitId(keyOf(url), defaultBranch);
    return {
      head: { commit, branch: defaultBranch },
      branches: [
        { name: defaultBranch, commit },
        ...[...made].map(([name, { commit: tip }]) => ({ name, commit: tip })),
      ],
      tags: [{ name: 'v1.0.0', commit }],
    };
  };

  return {
    check({ url, branch }) {
      if (url !== undefined && isMissing(url)) throw refused('repo.url', `${url} cannot be read`);
      if (branch === 'missing') throw refused('repo.branch', `the repository has no branch ${branch}`);
    },
    baseCommit: (url, branch) => commitId(keyOf(url), branch),
    refs: refsOf,
    trackedFiles(url, { ref, path, q, limit, after }) {
      const { head, branches, tags } = refsOf(url);
      const commit =
        after?.commit ??
        (ref === undefined || isCommit(ref)
          ? (ref ?? head?.commit)
          : [...branches, ...tags].find(({ name }) => name === ref)?.commit);
      if (commit === undefined) throw fieldProblem('ref', `the repository has no ${JSON.stringify(ref)}`);
      const wanted = q?.toLowerCase();
      const below = path?.replace(/\/+$/, '');
      const fitting = paths.filter(
        (each) =>
          (below === undefined || each === below || each.startsWith(`${below}/`)) &&
          (wanted === undefined || each.toLowerCase().includes(wanted)),
      );
      const start = after?.offset ?? 0;
      const end = start + limit;
      return {
        commit,
        items: fitting.slice(start, end).map((each) => ({ path: each, type: 'file' as const })),
        next: end < fitting.length ? end : null,
        total: below === undefined && wanted === undefined ? fitting.length : null,
      };
    },
    checkTargets(url, branches, field) {
      for (const branch of branches) {
        const protection = protectionOf(branch, defaultBranch, usuallyProtected, 'task');
        if (protection !== undefined) throw fieldProblem(field, protection);
        if (delivered.get(keyOf(url))?.has(branch)) {
          throw fieldProblem(
            field,
            `the branch ${branch} is there already. Name one that is free, or leave it out`,
          );
        }
      }
    },
    deliver(url, branch, sessionId, commit) {
      const protection = protectionOf(branch, defaultBranch, usuallyProtected, 'delivery');
      if (protection !== undefined) return { isTaken: false, reason: protection };
      const branches = delivered.get(keyOf(url)) ?? new Map();
      delivered.set(keyOf(url), branches);
      const before = branches.get(branch);
      if (branch === movedBranch || (before !== undefined && before.sessionId !== sessionId)) {
        const reason =
          `The branch ${branch} has commits that this work does not have: it moved, or is somebody else's. It was left as ` +
          'it is. Deliver to a name that is free (--branch <name>).';
        return { isTaken: true, reason };
      }
      branches.set(branch, { sessionId, commit });
      return undefined;
    },
  };
};

/** In the order of git. */
const paths = Object.keys(demoRepository).sort();

const isCommit = (text: string): boolean => /^[0-9a-f]{40}$/.test(text);

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
