/** One path of a workspace that is no directory. */
export interface TreeEntry {
  readonly path: string;
  readonly kind: 'file' | 'symlink' | 'submodule';
  /** Whether it differs from the base. */
  readonly isModified: boolean;
}

/** Size and time of a file; the time is null where it is not known any more. */
export interface EntryFacts {
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number | null;
}

/**
 * Every path of a workspace at one moment, without what git ignores. As long as no file changes it is the same object,
 * so that what was made of it can be kept beside it.
 */
export interface WorkspaceTree {
  /** By path, in code units. */
  readonly entries: readonly TreeEntry[];
  /** Facts about these paths; what is gone meanwhile is left out. */
  facts(paths: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, EntryFacts>>;
  /** The bytes of all files. */
  totalBytes(signal?: AbortSignal): Promise<number>;
  /** Lets others have their turn: called between slices of work that grows with the tree. */
  breathe(): Promise<void>;
}

/** The beginning of a file. */
export interface FileHead extends EntryFacts {
  /** As many as were asked for, fewer at its end. */
  readonly head: Uint8Array;
  /** How many lines it has, also one without its end; null when that was not asked for, or it is too large to count. */
  readonly lines: number | null;
}

/** A search by content. */
export interface ContentSearch {
  /** A regular expression, or the text itself. */
  readonly pattern: string;
  readonly isLiteral: boolean;
  readonly isCaseSensitive: boolean;
  /** Which files are searched. */
  readonly accepts: (path: string) => boolean;
  /** Of how many files lines are shown. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
}

/** A line that matches. */
export interface FoundLine {
  /** From 1. */
  readonly line: number;
  /** Of the first match, in bytes, from 1. */
  readonly column: number;
  /** The line, or the part of a long one around its first match. */
  readonly text: string;
}

/** A file with matches; `lines` is empty beyond the limit, and has at most twenty. */
export interface FoundFile {
  readonly path: string;
  /** How many lines match; counted to a hundred. */
  readonly count: number;
  readonly lines: readonly FoundLine[];
}

/** What a search found: the files with most matches first, then by path. */
export interface FoundContent {
  readonly files: readonly FoundFile[];
  /** What ended it before every file was searched. */
  readonly cutBy: 'time' | 'output' | null;
  /** Files that were too large to be searched. */
  readonly skippedLarge: number;
}

/** Which files go into an archive. */
export interface ArchiveOptions {
  /** Only this file, or what is below this directory. */
  readonly path: string | undefined;
  /** The directory all names begin with. */
  readonly root: string;
  /** The time of every file. Milliseconds since the epoch. */
  readonly at: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Looking around in a session's workspace, as it is or as it was when it was dropped. Paths are relative, with `/`; one
 * that leaves the workspace, also by a symbolic link, is `file-not-found`. Without a workspace every method is
 * `workspace-gone`.
 */
export interface WorkspaceLook {
  /** Every path there is now, as one picture of the workspace that stays as it is while it is looked at. */
  tree(sessionId: string, signal?: AbortSignal): Promise<WorkspaceTree>;
  /** The beginnings of files; paths that are none are left out. */
  heads(
    sessionId: string,
    paths: readonly string[],
    options: {
      readonly maxBytes: number;
      readonly countsLines?: boolean;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<ReadonlyMap<string, FileHead>>;
  /** Rejects with `invalid-request` for `q` where the pattern is none, with `unsupported-choice` where this host cannot. */
  search(sessionId: string, search: ContentSearch): Promise<FoundContent>;
  /**
   * The files as tar.gz, links as links, made as it is read, once; leaving the loop ends it. They are of the moment of
   * the call. Rejects with `file-not-found` where nothing is at the path.
   */
  archive(sessionId: string, options: ArchiveOptions): Promise<AsyncIterable<Uint8Array>>;
  /** Where the files lie on the executor's host; null once the workspace was dropped. */
  place(sessionId: string): Promise<string | null>;
}
