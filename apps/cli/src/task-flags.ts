import type { Command } from 'commander';
import { z } from 'zod';
import { Agents, withAgents } from './agent-flags.ts';

/** The flags of commands that run a task. */
export const TaskFlags = z.object({
  prompt: z.string().optional(),
  promptFile: z.string().optional(),
  repo: z.string().optional(),
  branch: z.string().optional(),
  agent: Agents.default([]),
});
export type TaskFlags = z.infer<typeof TaskFlags>;

/** Declares them; `repo` says what is meant without that flag. */
export const withTask = (command: Command, repo: string): Command =>
  withAgents(
    command
      .option('--prompt <text>', 'what to do')
      .option('--prompt-file <file>', 'the file that says what to do; - is standard input')
      .option('--repo <path|url|none>', `the repository (${repo})`)
      .option('--branch <name>', 'the branch to start from (the default branch)'),
  );
