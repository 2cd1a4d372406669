import { existsSync } from 'node:fs';
import { cutMiddle } from '../../journal/cut.ts';
import type { AgentContext } from './protocol.ts';

/** Why a program could not be started, for people. */
export const cannotStart = ({ program }: AgentContext, error: unknown): string => {
  const [argument = ''] = program.argv;
  const name = cutMiddle(argument, 255).text;
  const words = error instanceof Error ? error.message : String(error);
  if (!existsSync(program.cwd)) return `The workspace ${program.cwd} is gone. Launch the task again.`;
  if (words.includes('ENOENT')) {
    return `The program ${JSON.stringify(name)} was not found. Install it, or give its full path in settings.command.`;
  }
  if (words.includes('EACCES')) {
    return `The program ${JSON.stringify(name)} may not be run. Make it executable.`;
  }
  if (words.includes('E2BIG')) {
    return 'The arguments are too long for this host. Send a shorter prompt.';
  }
  return `The program ${JSON.stringify(name)} could not be started: ${words}`;
};
