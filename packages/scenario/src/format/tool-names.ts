import { z } from 'zod';

const args = z.record(z.unknown());

/** Tools that are entries of their own, with their arguments: short for `agentToolUse`. */
export const namedTools = {
  runCmd: args,
  grep: args,
  readFile: args,
  listDir: args,
  find: args,
  sed: args,
  editFile: args,
  writeFile: args,
  task: args,
  webFetch: args,
  webSearch: args,
  todoWrite: args,
  notebookEdit: args,
  exitPlanMode: args,
  bashOutput: args,
  killShell: args,
  slashCommand: args,
};

const isNamedTool = (name: string): name is keyof typeof namedTools => Object.hasOwn(namedTools, name);

/** The tools that are entries of their own. */
export const toolNames: readonly (keyof typeof namedTools)[] = Object.keys(namedTools).filter(isNamedTool);
