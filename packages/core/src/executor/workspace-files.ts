import type { ChangedFile, FileContent, FileDiff } from '@agent-harbor/api-contract/schemas';

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
  /** The diffs of the changed files, sorted by path. */
  diff(sessionId: string, options: DiffOptions): Promise<readonly FileDiff[]>;
}
