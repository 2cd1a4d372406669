import type { RepositoryFile } from '@agent-harbor/api-contract/schemas';

/** What a repository says it has. Names are those below `refs/heads/` and `refs/tags/`, sorted. */
export interface RepositoryRefs {
  /** Where it stands: a commit, and the branch unless it is detached. Null when it has no commit there. */
  readonly head: { readonly commit: string; readonly branch: string | null } | null;
  readonly branches: readonly NamedCommit[];
  /** Of an annotated tag `commit` is the tag itself. */
  readonly tags: readonly NamedCommit[];
}

/** A name and what it stands for. */
export interface NamedCommit {
  readonly name: string;
  readonly commit: string;
}

/** Where a walk through tracked files goes on. It comes back from callers, so it may be anything. */
export interface FilePlace {
  readonly commit: string;
  readonly offset: number;
}

/** Which tracked files. */
export interface FileWish {
  /** A branch, a tag or a whole commit id; where the repository stands when undefined. Not asked when `after` is given. */
  readonly ref?: string | undefined;
  /** Only this file, or what is below this directory. */
  readonly path?: string | undefined;
  /** Only paths with this in them, whatever its case. */
  readonly q?: string | undefined;
  readonly limit: number;
  readonly after?: FilePlace | undefined;
}

/** A part of the files git tracks in one commit, in its order. */
export interface TrackedFiles {
  /** Null for a repository without a commit. */
  readonly commit: string | null;
  readonly items: readonly RepositoryFile[];
  /** Where it goes on; null at the end. A part of a walk that filters may be empty and go on. */
  readonly next: number | null;
  /** How many there are in all; null where only some are asked for. */
  readonly total: number | null;
}

/** What a workspace takes of the disk. */
export interface DiskUse {
  readonly bytes: number;
  readonly files: number;
  /** False when it was too large to be measured to its end. */
  readonly isComplete: boolean;
}
