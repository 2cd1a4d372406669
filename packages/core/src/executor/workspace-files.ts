import type { ChangedFile, FileContent, FileDiff } from '@agent-harbor/api-contract/schemas';

/**
 * How much of diffs one answer holds, in UTF-8 bytes and lines of their text: of one file asked for alone or all
 * together, and of each of several.
 */
export const diffLimits = {
  all: { bytes: 1024 * 1024, lines: 20_000 },
  each: { bytes: 256 * 1024, lines: 5_000 },
  /** Files after that are only counted. */
  files: 2_000,
} as const;

/** Which patch, and what stands above it. */
export interface PatchOptions {
  /** Only these paths, old or new; all changed files when absent. */
  readonly paths?: readonly string[];
  /** What the commit would say: a subject, an empty line, the rest. */
  readonly message: string;
  /** When the work was done, milliseconds since the epoch. */
  readonly at: number;
  readonly signal?: AbortSignal | undefined;
}

/** Which diffs, and how much of them. */
export interface DiffOptions {
  /** Only these paths; all changed files when absent. */
  readonly paths?: readonly string[];
  /** Lines of context, 0–10. */
  readonly context: number;
  /** Whether `file_content` is filled. */
  readonly full: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A session's files against its base commit. Paths are relative, with `/`; one that leaves the workspace, also by a
 * symbolic link, is `file-not-found`. After a release the last state stays readable. Where there is none (the workspace
 * was never made, or what was kept of it is lost) every method is `workspace-gone`.
 */
export interface WorkspaceFiles {
  /** All changed files, sorted by path. */
  changes(sessionId: string, signal?: AbortSignal): Promise<readonly ChangedFile[]>;
  /** A file of the working tree, changed or not. After a release, as it was then. */
  content(sessionId: string, path: string, signal?: AbortSignal): Promise<FileContent>;
  /**
   * The unified diffs of the changed files, sorted by path. One that is larger than `diffLimits` has the hunks that fit,
   * and so have all together: what is left out is `truncated`.
   */
  diff(sessionId: string, options: DiffOptions): Promise<readonly FileDiff[]>;
  /**
   * All of it as one patch with the head of a mail, made as it is read: binary files, modes, links and renames included.
   * It resolves when the files were looked at: what is changed later is not in it. Nothing when nothing was changed.
   */
  patch(sessionId: string, options: PatchOptions): Promise<AsyncIterable<Uint8Array>>;
}
