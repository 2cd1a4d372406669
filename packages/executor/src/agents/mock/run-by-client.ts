import type * as acp from '@agentclientprotocol/sdk';
import type { CommandResult } from './run-command.ts';

/** Runs a program in a terminal of the client, where it is seen, paused and ended with the session. */
export const runByClient = async (
  client: acp.AgentContext,
  sessionId: string,
  [name = '', ...args]: readonly string[],
  cwd: string,
  signal: AbortSignal,
  show: (terminalId: string) => Promise<void>,
): Promise<CommandResult> => {
  // A scenario that says `node` means the one at hand: it may not be on the PATH.
  const command = name === 'node' ? process.execPath : name;
  const env = [{ name: 'AH_MOCK_SETTINGS', value: '' }];
  try {
    const terminal = await client.createTerminal({ sessionId, command, args, cwd, env });
    const stop = () => void terminal.kill().catch(() => {});
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    await show(terminal.id);
    const exit = await terminal.waitForExit();
    const { output, truncated } = await terminal.currentOutput();
    signal.removeEventListener('abort', stop);
    await terminal.release();
    const text = truncated ? `… [the beginning is cut] …\n${output}` : output;
    return { output: text, code: exit.exitCode ?? null, signal: exit.signal ?? null };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { output: '', code: null, signal: null, reason: `${name} cannot be started: ${words}` };
  }
};
