import { z } from 'zod';
import { commaList } from './event-query.ts';
import { pageOf, pageQuery, queryInteger } from './page.ts';
import { Timestamp, text } from './primitives.ts';

export const FileStatus = z.enum(['added', 'modified', 'deleted', 'renamed']);
export type FileStatus = z.infer<typeof FileStatus>;

/** What kind of file it is, as git says it: `100644`, `100755` executable, `120000` a symbolic link, `160000` a submodule. */
const FileMode = z.string().regex(/^[0-7]{6}$/);

/** What a change is, wherever it is shown. A mode is there where there is a file: not before an added, not after a deleted one. */
const change = {
  path: z.string(),
  old_path: z.string().optional().describe('Where a renamed file was before.'),
  status: FileStatus,
  similarity: z
    .number()
    .int()
    .min(0)
    .max(100)
    .optional()
    .describe('How much of a renamed file stayed, in percent.'),
  old_mode: FileMode.optional(),
  new_mode: FileMode.optional(),
};

/** A file that differs from the session's base. Line counts are 0 for binary files. */
export const ChangedFile = z.object({
  ...change,
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

/** One side of a row: what stands there, without its line end. */
const DiffCell = z.object({
  line: z.number().int().min(1).describe('Its number in the file, from 1.'),
  kind: z.enum(['unchanged', 'removed', 'added']),
  text: z.string(),
  no_line_end: z.literal(true).optional().describe('The file ends here, without a line end.'),
});

/** Two lines side by side, or one beside nothing. */
export const DiffRow = z.object({ left: DiffCell.nullable(), right: DiffCell.nullable() });
export type DiffRow = z.infer<typeof DiffRow>;

/**
 * One changed stretch; line numbers count from 1, an empty side starts at 0. `content` is its header and its lines with
 * their marks; `rows` are the same side by side, in the split form.
 */
export const Hunk = z.object({
  old_start: z.number().int().min(0),
  old_lines: z.number().int().min(0),
  new_start: z.number().int().min(0),
  new_lines: z.number().int().min(0),
  content: z.string(),
  rows: z.array(DiffRow).optional(),
});
export type Hunk = z.infer<typeof Hunk>;

/** The forms of a diff. */
export const DiffFormat = z.enum(['unified', 'split', 'html']);
export type DiffFormat = z.infer<typeof DiffFormat>;

/**
 * The diff of one file; empty with `binary` set when there is no text to compare. `diff` is unified text, as
 * `git apply` takes it; in the form `html` a fragment of HTML without scripts, styles and links.
 */
export const FileDiff = z.object({
  ...change,
  format: DiffFormat,
  diff: z.string(),
  binary: z.boolean(),
  truncated: z
    .boolean()
    .describe('Whether it is more than an answer holds: the hunks that fit are here, `patch` has all of it.'),
  lossy: z
    .literal(true)
    .optional()
    .describe('The text is not UTF-8: what is foreign in it is shown as U+FFFD; `patch` has every byte.'),
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
  total_files: z.number().int().min(0),
  truncated: z.boolean().describe('Whether something of it is left out: files, or hunks of one.'),
});
export type SessionDiff = z.infer<typeof SessionDiff>;

const diffOptions = {
  context: queryInteger(0, 10).default(3).describe('Unchanged lines around each change.'),
  full: z.enum(['true', 'false']).optional().describe('Whether to send the whole new file as well.'),
  format: DiffFormat.default('unified').describe('The form of the diff.'),
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

export const PatchQuery = z
  .object({
    files: text(1, 65_536).optional().describe('Only these paths, joined by commas.'),
  })
  .strict();
export type PatchQuery = z.infer<typeof PatchQuery>;
