import { z } from 'zod';
import { Pagination, pageQuery, queryInteger } from './page.ts';
import { Timestamp, text } from './primitives.ts';
import { SessionStatus } from './status.ts';

const truth = z.enum(['true', 'false']);
const count = z.number().int().min(0);

/** What stands at a path of a workspace. Of a submodule only its place is known. */
export const EntryType = z.enum(['file', 'directory', 'symlink', 'submodule']);
export type EntryType = z.infer<typeof EntryType>;

/** One entry of a directory. A directory is modified when something in it is; `file_count` counts what is below it. */
export const WorkspaceEntry = z.object({
  path: z.string(),
  type: EntryType,
  size_bytes: count.nullable(),
  last_modified: Timestamp.nullable(),
  is_modified: z.boolean(),
  file_count: count.optional(),
});
export type WorkspaceEntry = z.infer<typeof WorkspaceEntry>;

/** A page of a directory: directories first, then the others, each by name. `path` is empty for the top one. */
export const WorkspaceListing = z.object({
  path: z.string(),
  type: z.literal('directory'),
  children: z.array(WorkspaceEntry),
  total: count.nullable(),
  totalIsCapped: z.boolean().optional(),
  nextPage: z.number().int().min(1).nullable(),
  nextCursor: z.string().nullable(),
  pagination: Pagination,
});
export type WorkspaceListing = z.infer<typeof WorkspaceListing>;

export const WorkspaceQuery = z
  .object({
    ...pageQuery(100),
    path: text(0, 4096).optional().describe('The directory; the top one when absent or empty.'),
    recursive: truth
      .optional()
      .describe('Every file below it instead of its entries, in one list: a page cannot end inside a nest.'),
    modified_only: truth.optional().describe('Only what the session changed.'),
  })
  .strict();
export type WorkspaceQuery = z.infer<typeof WorkspaceQuery>;

/** A file whose path fits; `preview` is its beginning where it is small and text. */
export const FoundPath = z.object({
  path: z.string(),
  type: z.enum(['file', 'symlink', 'submodule']),
  size_bytes: count.nullable(),
  last_modified: Timestamp.nullable(),
  is_modified: z.boolean(),
  preview: z.string().nullable(),
  relevance_score: z.number().min(0).max(1),
});
export type FoundPath = z.infer<typeof FoundPath>;

/** A directory whose path fits; its path ends with `/`. */
export const FoundDirectory = z.object({
  path: z.string(),
  type: z.literal('directory'),
  file_count: count,
  last_modified: Timestamp.nullable(),
  is_modified: z.boolean(),
  relevance_score: z.number().min(0).max(1),
});
export type FoundDirectory = z.infer<typeof FoundDirectory>;

/** The paths that fit best, each list by its score. `total` is how many fit at all. */
export const PathMatches = z.object({
  query: z.string(),
  files: z.array(FoundPath),
  directories: z.array(FoundDirectory),
  total: count,
});
export type PathMatches = z.infer<typeof PathMatches>;

export const PathQuery = z
  .object({
    q: text(1, 1024).describe('Parts of a path in any case, also letters with gaps; words must all fit.'),
    type: z.enum(['file', 'directory', 'both']).default('both').describe('What is looked for.'),
    limit: queryInteger(1, 100).default(20).describe('How many are shown, the best ones.'),
    include_preview: truth
      .default('true')
      .describe('Whether the beginning of text files under 10 KB is shown.'),
    modified_only: truth.optional().describe('Only what the session changed.'),
  })
  .strict();
export type PathQuery = z.infer<typeof PathQuery>;

/** A line with a match: `content` is the line, or the part of a long one around its first match. */
export const MatchedLine = z.object({
  line: z.number().int().min(1),
  line_number: z.number().int().min(1),
  column: z.number().int().min(1),
  content: z.string(),
  match_type: z.enum([
    'function_definition',
    'class_definition',
    'type_definition',
    'import',
    'comment',
    'text',
  ]),
});
export type MatchedLine = z.infer<typeof MatchedLine>;

/** What was found in files. `cut_by` says what ended the search early; null when every file was searched. */
export const ContentMatches = z.object({
  results: z.array(
    z.object({
      path: z.string(),
      matches: z.array(MatchedLine),
      match_count: z.number().int().min(1),
      score: z.number().min(0).max(1),
      language: z.string(),
    }),
  ),
  facets: z.object({
    languages: z.record(count),
    file_types: z.record(count),
    directories: z.record(count),
  }),
  total: count,
  cut_by: z.enum(['time', 'output']).nullable(),
  skipped_large: count,
});
export type ContentMatches = z.infer<typeof ContentMatches>;

const glob = 'A glob over the whole path: `*` within a segment, `**` across segments';

export const ContentQuery = z
  .object({
    q: text(1, 1000).describe('A regular expression without look-around and back references; see `literal`.'),
    literal: truth.optional().describe('Whether `q` stands for itself instead.'),
    path: text(1, 4096).optional().describe('Only this file, or what is below this directory.'),
    type: z
      .string()
      .regex(/^[\w+-]{1,32}$/)
      .optional()
      .describe('Only files with this ending, as `ts`.'),
    include_pattern: text(1, 1024).optional().describe(`${glob}. Only files that fit.`),
    exclude_pattern: text(1, 1024).optional().describe(`${glob}. Not the files that fit.`),
    case_sensitive: truth.default('false').describe('Whether upper and lower case differ.'),
    limit: queryInteger(1, 200).default(50).describe('How many files are shown, those with most matches.'),
  })
  .strict();
export type ContentQuery = z.infer<typeof ContentQuery>;

/**
 * The beginning of a file. Text is decoded by `encoding`; of anything else `content_preview` is empty and `encoding` is
 * `binary`. `lines` is null where the file is too large to be counted. `image` is there for PNG, JPEG, GIF and WebP, by
 * their bytes: never for a picture that could run a script.
 */
export const FilePreview = z.object({
  path: z.string(),
  content_preview: z.string(),
  language: z.string(),
  mime_type: z.string(),
  size_bytes: count,
  lines: count.nullable(),
  estimated_tokens: count,
  is_binary: z.boolean(),
  is_truncated: z.boolean(),
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'binary']),
  image: z
    .object({
      mime_type: z.enum(['image/png', 'image/jpeg', 'image/gif', 'image/webp']),
      width: count.nullable(),
      height: count.nullable(),
      /** The whole picture in base64; null above 1 MiB. */
      data: z.string().nullable(),
    })
    .nullable(),
});
export type FilePreview = z.infer<typeof FilePreview>;

export const PreviewQuery = z
  .object({
    max_lines: queryInteger(1, 50).default(20).describe('Lines that are shown.'),
    max_bytes: queryInteger(1, 10_000).default(5000).describe('Bytes that are read.'),
  })
  .strict();
export type PreviewQuery = z.infer<typeof PreviewQuery>;

/**
 * A workspace in numbers. What git ignores is not counted. `mount_path` and `root_path` are the directory on the host
 * of the executor; null once it was dropped, when only the last state of the files is kept.
 */
export const WorkspaceInfo = z.object({
  id: z.string(),
  session_id: z.string(),
  root_path: z.string().nullable(),
  mount_path: z.string().nullable(),
  snapshot_provider: z.string(),
  size_bytes: count,
  file_count: count,
  created_at: Timestamp.nullable(),
  executor_id: z.string().nullable(),
  state: z.enum(['ready', 'released']),
});
export type WorkspaceInfo = z.infer<typeof WorkspaceInfo>;

/** A session's hosts and where its parts are served. */
export const SessionInfo = z.object({
  id: z.string(),
  status: SessionStatus,
  fleet: z.object({
    /** The executor that runs it; null before it has one. */
    leader: z.string().nullable(),
    followers: z.array(z.object({ name: z.string(), os: z.string(), health: z.string() })),
  }),
  health: z.enum(['ok', 'degraded', 'unknown']),
  endpoints: z.record(z.string()),
});
export type SessionInfo = z.infer<typeof SessionInfo>;

export const DownloadQuery = z
  .object({
    path: text(1, 4096).optional().describe('Only this file, or what is below this directory.'),
  })
  .strict();
export type DownloadQuery = z.infer<typeof DownloadQuery>;
