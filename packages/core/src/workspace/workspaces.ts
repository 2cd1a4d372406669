import type {
  ChangedFile,
  FileContent,
  FileDetail,
  FileDiff,
  FileDiffQuery,
  FileQuery,
  Page,
  SessionDiff,
  SessionDiffQuery,
} from '@agent-harbor/api-contract/schemas';
import type { CallOptions } from '../call.ts';
import type { Query } from '../task/task-manager.ts';

/**
 * Looking at a session's files; those of a cancelled session stay as they were last. Rejects with `session-not-found`,
 * `workspace-gone` (never provisioned, or not yet) and `file-not-found`.
 */
export interface Workspaces {
  /** The files that differ from the base, sorted by path. */
  changedFiles(
    sessionId: string,
    query?: Query<FileQuery>,
    options?: CallOptions,
  ): Promise<Page<ChangedFile>>;
  /** One file: what happened to it, and its text when it is one. */
  file(sessionId: string, path: string, options?: CallOptions): Promise<FileDetail>;
  /** The content of a file of the working tree, changed or not. */
  fileContent(sessionId: string, path: string, options?: CallOptions): Promise<FileContent>;
  /** The diff of every changed file. */
  diff(sessionId: string, query?: Query<SessionDiffQuery>, options?: CallOptions): Promise<SessionDiff>;
  /** The diff of one file. */
  fileDiff(
    sessionId: string,
    path: string,
    query?: Query<FileDiffQuery>,
    options?: CallOptions,
  ): Promise<FileDiff>;
}
