import { z } from 'zod';
import { Milliseconds, meta, neverBackwards, timed } from './timed.ts';

/** One sign of a tool that works. `timeMs` counts from the start of the execution. */
const ExecutionEvent = z
  .object({
    type: z.enum(['stdout', 'stderr', 'progress', 'completion']),
    timeMs: Milliseconds.default(0),
    content: z.string().default(''),
    exitCode: z.number().int().min(0).max(255).optional(),
  })
  .strict();

/**
 * What the tool prints, and when it ends: what a player that does not run tools shows instead of the plain `result`.
 * `startTimeMs` counts from the start of the tool use.
 */
const ToolExecution = z
  .object({
    startTimeMs: Milliseconds.default(0),
    events: z.array(ExecutionEvent).max(100_000).superRefine(neverBackwards('timeMs')),
  })
  .strict();

const toolUse = z
  .object({
    toolName: z.string().min(1).max(255),
    args: z.record(z.unknown()).default({}),
    toolCallId: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe('The id the call has in the session; a permission request may name it.'),
    progress: z
      .array(timed('message', { message: z.string(), expectOutput: z.string().optional() }))
      .max(100_000)
      .default([]),
    result: z.unknown().optional(),
    status: z.string().default('ok'),
    toolExecution: ToolExecution.optional(),
    'x-told': z
      .boolean()
      .optional()
      .describe('The tool is not performed: it gives `result`, whatever its name and whatever was printed.'),
    'x-truncated': z.boolean().optional().describe('Only head and tail of the result were kept.'),
    ...meta,
  })
  .strict();

/**
 * A tool the agent uses. `progress` steps are deltas, each counted from the one before. The tool failed when `status`
 * is `error` or its `completion` has an exit code other than 0; every other status is a success.
 */
export interface ToolUse extends z.output<typeof toolUse> {}
/**
 * As it is written, before it is read. The declarations of a scenario name it.
 *
 * @public
 */
export interface ToolUseSource extends z.input<typeof toolUse> {}
/** Reads the use of a tool. */
export const ToolUse: z.ZodType<ToolUse, z.ZodTypeDef, ToolUseSource> = toolUse;
