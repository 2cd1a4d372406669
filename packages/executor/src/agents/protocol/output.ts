import { startAgentProcess } from './agent-process.ts';
import type { StartAgent } from './protocol.ts';

/** Any program at all: what it prints becomes log lines, and how it exits is how it ended. */
export const startOutputAgent: StartAgent = (context) => {
  const { exit } = startAgentProcess(context, { stdin: 'ignore', stderr: 'error' });
  return { exit, cancel: () => false };
};
