import { type DraftInput, DraftInput as DraftInputSchema } from '@agent-harbor/api-contract/schemas';
import { parse } from '@agent-harbor/core';
import type { Command } from 'commander';
import { z } from 'zod';
import { withProgram } from '../../agent-flags.ts';
import type { Context } from '../../context.ts';
import { readPrompt } from '../../prompt-flag.ts';
import { readRepo } from '../../repo-flag.ts';
import { collect } from '../../settings/setting-flags.ts';
import { TaskFlags, withTask } from '../../task-flags.ts';

/** What a draft can be given: what a task can, and nothing of it has to be there. */
export const DraftFlags = TaskFlags.extend({
  delivery: z.enum(['branch', 'none']).optional(),
  targetBranch: z.string().optional(),
  label: z.array(z.string().regex(/^[^=]+=/, 'must be key=value')).optional(),
  project: z.string().optional(),
});

/** Declares it. */
export const withDraft = (command: Command): Command =>
  withTask(command, 'not chosen yet')
    .option('--delivery <mode>', 'how the work comes back: branch or none')
    .option('--target-branch <name>', 'the branch to deliver to')
    .option('--label <key=value>', 'a label for the sessions; may be repeated', collect)
    .option('--project <id>', 'the project they belong to');

/** The members that are named, and no others. */
export const readDraft = async (
  { io }: Context,
  argv: readonly string[],
  flags: z.infer<typeof DraftFlags>,
): Promise<DraftInput> => {
  const { repo, branch, delivery, targetBranch, label, project } = flags;
  const agents = withProgram(flags.agent, argv);
  const mode = delivery ?? (targetBranch === undefined ? undefined : 'branch');
  const named = {
    prompt: await readPrompt(flags, io),
    repo: repoOf(repo, branch, io.cwd),
    agents: agents.length === 0 ? undefined : agents,
    delivery: mode === undefined ? undefined : { mode, targetBranch },
    labels: label === undefined ? undefined : Object.fromEntries(label.map(splitLabel)),
    projectId: project,
  };
  return parse(DraftInputSchema, named);
};

/** A branch may be chosen before its repository is. */
const repoOf = (repo: string | undefined, branch: string | undefined, cwd: string): DraftInput['repo'] => {
  if (repo !== undefined) return readRepo(repo, branch, cwd);
  return branch === undefined ? undefined : { mode: 'git', branch };
};

const splitLabel = (label: string): [string, string] => {
  const at = label.indexOf('=');
  return [label.slice(0, at), label.slice(at + 1)];
};
