import { commandWords } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import type { FileEdit } from '../format/files.ts';
import type { ToolUse } from '../format/tool-use.ts';
import { workspacePath } from './workspace-path.ts';

/** What using a tool means for a workspace. */
export type ToolPlan =
  /**
   * A program runs, in a directory below the workspace (`''` is the workspace itself). Without `argv` the command
   * was one text that needs a shell, which is given to nobody.
   */
  | { readonly kind: 'run'; readonly argv: readonly string[] | undefined; readonly cwd: string }
  | { readonly kind: 'edit'; readonly edit: FileEdit; readonly everywhere: boolean }
  | { readonly kind: 'read'; readonly path: string }
  /** The tool touches no workspace: what the scenario says is all there is. */
  | { readonly kind: 'told' }
  /** The arguments do not make sense; the reason is for the agent that reads it. */
  | { readonly kind: 'refused'; readonly reason: string };

const Command = z.union([z.string().min(1), z.array(z.string()).min(1)]);
const run = z.object({ cmd: Command, cwd: z.string().optional() });
const runCommand = z.object({ command: Command, cwd: z.string().optional() });
const write = z.object({ path: z.string(), content: z.string() });
const replace = z.object({
  path: z.string(),
  old_string: z.string().min(1),
  new_string: z.string(),
  replace_all: z.boolean().default(false),
});
const read = z.object({ path: z.string() });

/** Reads a tool use by its name. Members the plan does not need (a timeout, a description) are the agent's own. */
export const planTool = ({ toolName, args, 'x-told': isTold }: ToolUse): ToolPlan => {
  if (isTold === true) return { kind: 'told' };
  switch (toolName) {
    case 'runCmd':
      return withArguments(run, args, ({ cmd, cwd }) => planRun(cmd, cwd));
    case 'run_command':
      return withArguments(runCommand, args, ({ command, cwd }) => planRun(command, cwd));
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
      return withArguments(read, args, ({ path }) => {
        const inside = workspacePath(path);
        return inside === undefined ? outside(path) : { kind: 'read', path: inside };
      });
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

const planRun = (command: string | readonly string[], cwd = '.'): ToolPlan => {
  const inside = cwd === '.' || cwd === './' ? '' : workspacePath(cwd);
  if (inside === undefined) return outside(cwd);
  return { kind: 'run', argv: typeof command === 'string' ? commandWords(command) : command, cwd: inside };
};

const planEdit = (path: string, change: Partial<FileEdit>, everywhere = false): ToolPlan => {
  const inside = workspacePath(path);
  return inside === undefined
    ? outside(path)
    : { kind: 'edit', edit: { path: inside, ...change }, everywhere };
};

const outside = (path: string): ToolPlan => ({
  kind: 'refused',
  reason: `${path}: is not a path inside the workspace`,
});
