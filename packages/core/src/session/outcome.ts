import type { SessionStatus } from '@agent-harbor/api-contract/schemas';
import type { AgentExit } from '../executor/executor.ts';
import type { TerminalStatus } from './lifecycle.ts';

/** How a session ends, and why. */
export interface Outcome {
  readonly status: TerminalStatus;
  readonly reason?: string;
  readonly exitCode?: number;
}

/** Whether an agent came to its end by itself, with nothing to complain of. */
export const endedWell = (exit: AgentExit): boolean =>
  exit.kind === 'exited' ? exit.code === 0 : exit.kind === 'turn-ended' && exit.stopReason === 'end_turn';

/** Reads an agent's exit honestly: what we asked for wins, then what the agent did. */
export const outcomeOf = (status: SessionStatus, exit: AgentExit): Outcome => {
  const exitCode = exit.kind === 'exited' ? { exitCode: exit.code } : {};
  if (status === 'stopping') return { status: 'stopped', ...exitCode };
  switch (exit.kind) {
    case 'ended-by-us':
      return { status: 'cancelled' };
    case 'exited':
      return exit.code === 0
        ? { status: 'completed', exitCode: 0 }
        : {
            status: 'failed',
            exitCode: exit.code,
            reason: withOutput(`The agent exited with code ${exit.code}.`, exit.lastOutput),
          };
    case 'signalled':
      return {
        status: 'failed',
        reason: withOutput(`The agent was ended by ${exit.signal}.`, exit.lastOutput),
      };
    case 'turn-ended':
      return exit.stopReason === 'end_turn'
        ? { status: 'completed' }
        : { status: 'failed', reason: `The agent ended its turn with ${exit.stopReason}.` };
    case 'lost':
      return { status: 'failed', reason: exit.reason };
  }
};

const withOutput = (sentence: string, lastOutput: string | undefined): string =>
  lastOutput === undefined || lastOutput.trim() === ''
    ? sentence
    : `${sentence} Its last output: ${lastOutput.trim()}`;
