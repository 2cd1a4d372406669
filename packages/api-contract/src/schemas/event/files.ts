import { z } from 'zod';

/** A file of the workspace changed. `tool_execution_id` is there when a tool reported the change itself. */
export const FileEditBody = z.object({
  type: z.literal('file_edit'),
  file_path: z.string(),
  lines_added: z.number().int().min(0),
  lines_removed: z.number().int().min(0),
  description: z.string().optional(),
  tool_execution_id: z.string().optional(),
});

/**
 * The texts before and after. Null is a file that does not exist on that side, or one that is `binary`.
 * Above 64 KiB or 2,000 lines `truncated` is set, each text keeps its first 200 and last 50 lines, and
 * `fullDiffUrl` leads to the whole.
 */
export const DiffBody = z.object({
  type: z.literal('diff'),
  path: z.string(),
  oldText: z.string().nullable(),
  newText: z.string().nullable(),
  binary: z.boolean().optional(),
  truncated: z.boolean().optional(),
  fullDiffUrl: z.string().optional(),
  tool_execution_id: z.string().optional(),
});
