import type { CommandDefinition } from '../../command.ts';
import { type ExitCode, exitCodes } from '../../exit-code.ts';

/** Speaks the Agent Client Protocol over stdin and stdout, with the executor that called it. */
export const runMock = async (args: readonly string[]): Promise<ExitCode> => {
  const { runMockAgent } = await import('@agent-harbor/executor/mock-agent');
  await runMockAgent(args);
  return exitCodes.ok;
};

export const mock: CommandDefinition = {
  declare: (command) => command.argument('[argument...]'),
  run: (_context, args) => runMock(args),
};
