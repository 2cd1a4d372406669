import type {
  ChangedFile,
  ContentMatches,
  ContentQuery,
  DownloadQuery,
  FileContent,
  FileDetail,
  FileDiff,
  FileDiffQuery,
  FilePreview,
  FileQuery,
  IdeLink,
  OpenIde,
  Page,
  PatchQuery,
  PathMatches,
  PathQuery,
  PreviewQuery,
  SessionDiff,
  SessionDiffQuery,
  SessionInfo,
  WorkspaceInfo,
  WorkspaceListing,
  WorkspaceQuery,
} from '@agent-harbor/api-contract/schemas';
import type { CallOptions, MutationOptions } from '../call.ts';
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
  /** The diff of every changed file, as far as it fits into one answer. */
  diff(sessionId: string, query?: Query<SessionDiffQuery>, options?: CallOptions): Promise<SessionDiff>;
  /** The diff of one file, as far as it fits into one answer. */
  fileDiff(
    sessionId: string,
    path: string,
    query?: Query<FileDiffQuery>,
    options?: CallOptions,
  ): Promise<FileDiff>;
  /**
   * Everything that was changed as one patch in git's mail format, binary files included, for `git am --keep-cr` and
   * `git apply`. Nothing at all when nothing was changed. It is made as it is read, once; leaving the loop ends it. What
   * it shows is the state of the files when the call was made. Rejects, also in the middle, with what `diff` rejects with.
   */
  patch(
    sessionId: string,
    query?: Query<PatchQuery>,
    options?: CallOptions,
  ): Promise<AsyncIterable<Uint8Array>>;
  /** The beginning of a file, and what it is. */
  filePreview(
    sessionId: string,
    path: string,
    query?: Query<PreviewQuery>,
    options?: CallOptions,
  ): Promise<FilePreview>;
  /** A page of a directory, without what git ignores. */
  browse(sessionId: string, query?: Query<WorkspaceQuery>, options?: CallOptions): Promise<WorkspaceListing>;
  /** The paths that fit a few letters best. */
  searchPaths(sessionId: string, query: Query<PathQuery>, options?: CallOptions): Promise<PathMatches>;
  /** The files whose content matches; rejects with `invalid-request` for `q` when it is no regular expression. */
  searchContent(
    sessionId: string,
    query: Query<ContentQuery>,
    options?: CallOptions,
  ): Promise<ContentMatches>;
  /** The workspace in numbers, and where it lies. */
  workspaceInfo(sessionId: string, options?: CallOptions): Promise<WorkspaceInfo>;
  /** The hosts of a session, and where its parts are served; there before it has a workspace, too. */
  sessionInfo(sessionId: string, options?: CallOptions): Promise<SessionInfo>;
  /**
   * The workspace or a part of it as tar.gz, without what git ignores; names begin with the session's id. It is made as
   * it is read, once; leaving the loop ends it. The files are of the moment of the call.
   */
  download(
    sessionId: string,
    query?: Query<DownloadQuery>,
    options?: CallOptions,
  ): Promise<AsyncIterable<Uint8Array>>;
  /**
   * How an editor is opened on the workspace; nothing is started. Rejects with `workspace-gone` once its directory was
   * dropped, and with `file-not-found`.
   */
  openIde(sessionId: string, wish: OpenIde, options?: MutationOptions): Promise<IdeLink>;
}
