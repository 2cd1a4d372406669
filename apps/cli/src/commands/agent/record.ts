import type { CommandDefinition } from '../../command.ts';
import { type ExitCode, exitCodes } from '../../exit-code.ts';
import type { Io } from '../../io.ts';

const help = `Usage: ah agent record <session directory>

Runs the agent of a session and writes down what it does, in the journal of the session's directory. The server starts
one for each session; it goes on when the server does not. On the directory of a session whose recorder is gone it
takes up the journal where it stopped.

Examples:
  $ ah agent record ~/.local/state/agent-harbor/sessions/01JD3QK7V5E8Z6W4M2N0P9R1ST
`;

export const runRecord = async (args: readonly string[], { stdout, stderr }: Io): Promise<ExitCode> => {
  if (args.includes('--help') || args.includes('-h') || args.length === 0) {
    await (args.length === 0 ? stderr : stdout).write(help);
    return args.length === 0 ? exitCodes.validation : exitCodes.ok;
  }
  const { runRecorder } = await import('@agent-harbor/executor/recorder');
  await runRecorder(args);
  return exitCodes.ok;
};

export const record: CommandDefinition = {
  declare: (command) => command.argument('<session-directory>'),
  run: ({ io }, args) => runRecord(args, io),
};
