import { z } from 'zod';
import { commaList } from './event-query.ts';
import { pageOf, pageQuery, queryInteger } from './page.ts';
import { Timestamp, text } from './primitives.ts';

export const FileStatus = z.enum(['added', 'modified', 'deleted', 'renamed']);
export type FileStatus = z.infer<typeof FileStatus>;

/** A file that differs from the session's base. Line counts are 0 for binary files. */
export const ChangedFile = z.object({
  path: z.string(),
  old_path: z.string().optional(),
  status: FileStatus,
  lines_added: z.number().int().min(0),
  lines_removed: z.number().int().min(0),
  last_modified: Timestamp.nullable(),
  size_bytes: z.number().int().min(0),
  change_type: z.enum(['content', 'mode', 'binary', 'rename']),
});
export type ChangedFile = z.infer<typeof ChangedFile>;

export const ChangedFilePage = pageOf(ChangedFile);

export const FileQuery = z
  .object({
    ...pageQuery(50),
    status: commaList(FileStatus).optional().describe('Only files in these states.'),
    path: text(1, 4096)
      .optional()
      .describe('A glob over the whole path: `*` within a segment, `**` across segments.'),
  })
  .strict();
export type FileQuery = z.infer<typeof FileQuery>;

export const FileDetail = ChangedFile.extend({
  encoding: z.enum(['utf-8', 'binary']),
  mime_type: z.string(),
  history: z.array(
    z.object({ timestamp: Timestamp, event_type: z.string(), description: z.string().optional() }),
  ),
});
export type FileDetail = z.infer<typeof FileDetail>;

/** The whole file: text in UTF-8, anything else in base64. */
export const FileContent = z.object({
  path: z.string(),
  content: z.string(),
  encoding: z.enum(['utf-8', 'base64']),
  size_bytes: z.number().int().min(0),
  last_modified: Timestamp.nullable(),
  is_modified: z.boolean(),
});
export type FileContent = z.infer<typeof FileContent>;

/** One changed stretch; line numbers count from 1, an empty side starts at 0. */
export const Hunk = z.object({
  old_start: z.number().int().min(0),
  old_lines: z.number().int().min(0),
  new_start: z.number().int().min(0),
  new_lines: z.number().int().min(0),
  content: z.string(),
});

/** A unified diff of one file; empty with `binary` set when there is no text to compare. */
export const FileDiff = z.object({
  path: z.string(),
  old_path: z.string().optional(),
  status: FileStatus,
  diff: z.string(),
  binary: z.boolean(),
  lines_added: z.number().int().min(0),
  lines_removed: z.number().int().min(0),
  context_lines: z.number().int().min(0),
  full_file: z.boolean(),
  file_content: z.string().nullable(),
  hunks: z.array(Hunk),
});
export type FileDiff = z.infer<typeof FileDiff>;

export const SessionDiff = z.object({
  files: z.array(FileDiff),
  total_lines_added: z.number().int().min(0),
  total_lines_removed: z.number().int().min(0),
});
export type SessionDiff = z.infer<typeof SessionDiff>;

const diffOptions = {
  context: queryInteger(0, 10).default(3).describe('Unchanged lines around each change.'),
  full: z.enum(['true', 'false']).optional().describe('Whether to send the whole new file as well.'),
  format: z.enum(['unified']).default('unified').describe('The form of the diff.'),
};

export const FileDiffQuery = z.object(diffOptions).strict();
export type FileDiffQuery = z.infer<typeof FileDiffQuery>;

/** `files` is a comma list of paths; a path with a comma is asked for by its own route. */
export const SessionDiffQuery = z
  .object({
    ...diffOptions,
    files: text(1, 65_536).optional().describe('Only these paths, joined by commas.'),
  })
  .strict();
export type SessionDiffQuery = z.infer<typeof SessionDiffQuery>;
