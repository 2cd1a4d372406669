import { commandWords, type PlanEntry } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import type { FileEdit } from '../format/files.ts';
import type { ToolUse } from '../format/tool-use.ts';
import type { Look } from './look.ts';
import { editNotebook } from './notebook.ts';
import { type Changed, sed } from './sed.ts';
import { workspacePath } from './workspace-path.ts';

/** What using a tool means for a workspace. */
export type ToolPlan =
  /**
   * A program runs, in a directory below the workspace (`''` is the workspace itself). Without `argv` the command
   * was one text that needs a shell, which is given to nobody.
   */
  | {
      readonly kind: 'run';
      readonly argv: readonly string[] | undefined;
      readonly cwd: string;
      /** The agent goes on while it runs. */
      readonly isBackground?: true;
      readonly timeoutMs?: number;
    }
  | { readonly kind: 'edit'; readonly edit: FileEdit; readonly everywhere: boolean }
  /** Lines are counted from 1. */
  | { readonly kind: 'read'; readonly path: string; readonly from?: number; readonly lines?: number }
  /** A file's text becomes another; it is only shown where it is not `kept`. */
  | {
      readonly kind: 'change';
      readonly path: string;
      readonly isKept: boolean;
      /** The text it becomes, or why it does not. */
      readonly change: (text: string) => Changed;
    }
  | { readonly kind: 'look'; readonly look: Look }
  /** The agent shows what it has to do. */
  | { readonly kind: 'plan'; readonly entries: readonly z.infer<typeof PlanEntry>[] }
  /** It says what it has planned, and leaves the mode that only reads. */
  | { readonly kind: 'leave-plan'; readonly plan: string }
  /** What a command in the background printed since it was last asked, or its end. */
  | {
      readonly kind: 'shell';
      readonly id: string;
      readonly filter: string | undefined;
      readonly ends: boolean;
    }
  /** The tool touches no workspace: what the scenario says is all there is. */
  | { readonly kind: 'told' }
  /** The arguments do not make sense; the reason is for the agent that reads it. */
  | { readonly kind: 'refused'; readonly reason: string };

const Command = z.union([z.string().min(1), z.array(z.string()).min(1)]);
const manner = {
  cwd: z.string().optional(),
  timeout: z.number().int().min(1).max(86_400_000).optional(),
  run_in_background: z.boolean().optional(),
};
const run = z.object({ cmd: Command, ...manner });
const runCommand = z.object({ command: Command, ...manner });
const write = z.object({ path: z.string(), content: z.string() });
const replace = z.object({
  path: z.string(),
  old_string: z.string().min(1),
  new_string: z.string(),
  replace_all: z.boolean().default(false),
});
const count = z.number().int().min(0).max(1_000_000).optional();
const read = z.object({ path: z.string(), offset: count, limit: count });
const list = z.object({
  path: z.string().default('.'),
  recursive: z.boolean().default(false),
  pattern: z.string().min(1).max(1_024).optional(),
});
const find = z.object({
  path: z.string().default('.'),
  name: z.string().min(1).max(1_024).optional(),
  type: z.enum(['file', 'dir']).optional(),
});
const grep = z.object({
  pattern: z.string().min(1).max(4_096),
  path: z.string().default('.'),
  glob: z.string().min(1).max(1_024).optional(),
  type: z.string().min(1).max(64).optional(),
  output_mode: z.enum(['content', 'files_with_matches', 'count']).default('files_with_matches'),
  '-A': count,
  '-B': count,
  '-C': count,
  '-n': z.boolean().default(true),
  '-i': z.boolean().default(false),
  multiline: z.boolean().default(false),
  head_limit: count,
});
const sedArguments = z.object({
  expression: z.string().min(1).max(4_096),
  path: z.string(),
  inplace: z.boolean().default(false),
});
const notebook = z.object({
  notebook_path: z.string(),
  cell_id: z.string().optional(),
  new_source: z.string().default(''),
  cell_type: z.enum(['code', 'markdown']).optional(),
  edit_mode: z.enum(['replace', 'insert', 'delete']).default('replace'),
});
const todos = z.object({
  todos: z
    .array(
      z.object({
        content: z.string(),
        status: z.enum(['pending', 'in_progress', 'completed']).default('pending'),
        priority: z.enum(['high', 'medium', 'low']).default('medium'),
      }),
    )
    .max(100),
});
const plan = z.object({ plan: z.string() });
const output = z.object({ bash_id: z.string(), filter: z.string().min(1).max(4_096).optional() });
const shell = z.object({ shell_id: z.string() });

/** Reads a tool use by its name. Members the plan does not need (a timeout, a description) are the agent's own. */
export const planTool = ({ toolName, args, 'x-told': isTold }: ToolUse): ToolPlan => {
  if (isTold === true) return { kind: 'told' };
  switch (toolName) {
    case 'runCmd':
      return withArguments(run, args, ({ cmd, ...rest }) => planRun(cmd, rest));
    case 'run_command':
      return withArguments(runCommand, args, ({ command, ...rest }) => planRun(command, rest));
    case 'writeFile':
    case 'write_file':
      return withArguments(write, args, ({ path, content }) => planEdit(path, { contents: content }));
    case 'editFile':
    case 'edit_file':
      return withArguments(replace, args, ({ path, old_string: oldText, new_string: newText, replace_all }) =>
        planEdit(path, { oldText, newText }, replace_all),
      );
    case 'readFile':
    case 'read_file':
      return withArguments(read, args, ({ path, offset, limit }) =>
        below(path, (inside) => ({
          kind: 'read',
          path: inside,
          ...(offset === undefined ? {} : { from: Math.max(1, offset) }),
          ...(limit === undefined ? {} : { lines: limit }),
        })),
      );
    case 'listDir':
      return withArguments(list, args, ({ path, recursive: isRecursive, pattern }) =>
        inOrBelow(path, (inside) => ({
          kind: 'look',
          look: { what: 'list', path: inside, isRecursive, pattern },
        })),
      );
    case 'find':
      return withArguments(find, args, ({ path, name, type }) =>
        inOrBelow(path, (inside) => ({ kind: 'look', look: { what: 'find', path: inside, name, type } })),
      );
    case 'grep':
      return withArguments(grep, args, ({ path, ...wish }) =>
        inOrBelow(path, (inside) => ({
          kind: 'look',
          look: {
            what: 'grep',
            path: inside,
            pattern: wish.pattern,
            glob: wish.glob,
            extension: wish.type,
            mode: wish.output_mode,
            before: wish['-B'] ?? wish['-C'] ?? 0,
            after: wish['-A'] ?? wish['-C'] ?? 0,
            isNumbered: wish['-n'],
            ignoresCase: wish['-i'],
            isMultiline: wish.multiline,
            limit: wish.head_limit,
          },
        })),
      );
    case 'sed':
      return withArguments(sedArguments, args, ({ expression, path, inplace: isKept }) =>
        below(path, (inside) => ({
          kind: 'change',
          path: inside,
          isKept,
          change: (text) => sed(expression, text),
        })),
      );
    case 'notebookEdit':
      return withArguments(notebook, args, ({ notebook_path: path, ...wish }) =>
        below(path, (inside) => ({
          kind: 'change',
          path: inside,
          isKept: true,
          change: (text) =>
            editNotebook(
              { cellId: wish.cell_id, source: wish.new_source, type: wish.cell_type, mode: wish.edit_mode },
              text,
            ),
        })),
      );
    case 'todoWrite':
      return withArguments(todos, args, ({ todos: entries }) => ({ kind: 'plan', entries }));
    case 'exitPlanMode':
      return withArguments(plan, args, (given) => ({ kind: 'leave-plan', plan: given.plan }));
    case 'bashOutput':
      return withArguments(output, args, ({ bash_id: id, filter }) => ({
        kind: 'shell',
        id,
        filter,
        ends: false,
      }));
    case 'killShell':
      return withArguments(shell, args, ({ shell_id: id }) => ({
        kind: 'shell',
        id,
        filter: undefined,
        ends: true,
      }));
    default:
      return { kind: 'told' };
  }
};

const withArguments = <Args>(
  schema: z.ZodType<Args, z.ZodTypeDef, unknown>,
  args: unknown,
  plan: (args: Args) => ToolPlan,
): ToolPlan => {
  const result = schema.safeParse(args);
  if (result.success) return plan(result.data);
  const [issue] = result.error.issues;
  return { kind: 'refused', reason: `${issue?.path.join('.') ?? 'args'}: ${issue?.message ?? 'is wrong'}` };
};

const planRun = (
  command: string | readonly string[],
  { cwd = '.', timeout, run_in_background: isBackground }: Omit<z.infer<typeof run>, 'cmd'>,
): ToolPlan =>
  inOrBelow(cwd, (inside) => ({
    kind: 'run',
    argv: typeof command === 'string' ? commandWords(command) : command,
    cwd: inside,
    ...(isBackground === true ? { isBackground } : {}),
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
  }));

const below = (path: string, plan: (inside: string) => ToolPlan): ToolPlan => {
  const inside = workspacePath(path);
  return inside === undefined ? outside(path) : plan(inside);
};

/** The same where the workspace itself, `.`, may be meant. */
const inOrBelow = (path: string, plan: (inside: string) => ToolPlan): ToolPlan =>
  path === '.' || path === './' ? plan('') : below(path, plan);

const planEdit = (path: string, change: Partial<FileEdit>, everywhere = false): ToolPlan =>
  below(path, (inside) => ({ kind: 'edit', edit: { path: inside, ...change }, everywhere }));

const outside = (path: string): ToolPlan => ({
  kind: 'refused',
  reason: `${path}: is not a path inside the workspace`,
});
