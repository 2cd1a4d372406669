import { z } from 'zod';
import { workspacePath } from '../tool/workspace-path.ts';
import { meta } from './timed.ts';

/** Bytes as text. */
export const Base64 = z
  .string()
  .regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'must be base64');

/** A path below the root of the workspace, with `/` between its parts; read into its plain form. */
const WorkspacePath = z
  .string()
  .min(1)
  .max(4096)
  .transform((path, context) => {
    const plain = workspacePath(path);
    if (plain !== undefined) return plain;
    context.addIssue({ code: 'custom', message: 'must be a relative path that stays in the workspace' });
    return z.NEVER;
  });

/** A file's text, or its bytes as `{ base64 }`. */
export const FileContents = z.union([z.string(), z.object({ base64: Base64 }).strict()]);
export type FileContents = z.infer<typeof FileContents>;

/** A file that is there before the agent starts. */
export const SeedFile = z.object({ path: WorkspacePath, contents: FileContents }).strict();

/** A file that is as it is from here on, without anybody having been seen to change it; null is one that is gone. */
export const PlacedFile = z.object({ path: WorkspacePath, contents: FileContents.nullable() }).strict();

const ways = ['contents', 'oldText', 'delete'] as const;

const fileEdit = z
  .object({
    path: WorkspacePath,
    linesAdded: z.number().int().min(0).max(100_000).optional(),
    linesRemoved: z.number().int().min(0).max(100_000).optional(),
    contents: FileContents.optional(),
    oldText: z.string().min(1).optional(),
    newText: z.string().optional(),
    delete: z.literal(true).optional(),
    description: z.string().optional(),
    'x-alone': z
      .boolean()
      .optional()
      .describe('No tool of its own is shown for the change: it is seen in the workspace alone.'),
    'x-toolCallId': z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe('With x-alone: the call of a tool the change belongs to.'),
    ...meta,
  })
  .strict()
  .superRefine((edit, context) => {
    if (edit['x-toolCallId'] !== undefined && edit['x-alone'] !== true) {
      context.addIssue({ code: 'custom', path: ['x-toolCallId'], message: 'needs x-alone: true beside it' });
    }
    const given = ways.filter((way) => edit[way] !== undefined);
    if (given.length > 1) {
      context.addIssue({
        code: 'custom',
        path: [given[1] ?? ''],
        message: `cannot stand beside ${given[0]}: an edit changes its file in one way`,
      });
    }
    if ((edit.oldText === undefined) !== (edit.newText === undefined)) {
      const [there, missing] = edit.oldText === undefined ? ['newText', 'oldText'] : ['oldText', 'newText'];
      context.addIssue({ code: 'custom', path: [there], message: `needs ${missing} beside it` });
    }
  });

/**
 * A change of one file. What changes is said in one of three ways: `contents` replaces the whole file (or makes it),
 * `oldText` and `newText` replace the one place where the old text stands, `delete` removes the file. With none of
 * them the public form is meant, which knows only figures: the last `linesRemoved` lines go and `linesAdded` lines
 * are added. The figures that are reported are always those of the change that was really made.
 */
export interface FileEdit extends z.output<typeof fileEdit> {}
/**
 * As it is written, before it is read. The declarations of a scenario name it.
 *
 * @public
 */
export interface FileEditSource extends z.input<typeof fileEdit> {}
/** Reads a change of one file. */
export const FileEdit: z.ZodType<FileEdit, z.ZodTypeDef, FileEditSource> = fileEdit;
