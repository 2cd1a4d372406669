import type { ContentBlock, EventBody } from '@agent-harbor/api-contract/schemas';
import type { AgentExit, Clock } from '@agent-harbor/core';
import type { ProcessTree } from '../../process/process-tree.ts';
import type { Approvals } from '../../recorder/approvals.ts';
import type { PromptQueue } from '../../recorder/prompt-queue.ts';
import type { TerminalDesk } from '../../terminal/desk.ts';

/** How a recorder talks with an agent's program. */
export type ProtocolName = 'output' | 'acp' | 'terminal';

/** What an agent that speaks the Agent Client Protocol is asked for before its first prompt. */
export interface AcpWishes {
  /** The model it shall use, by the id it gives it. */
  readonly model?: string | undefined;
  /** The mode it shall begin in, by the id it gives it. */
  readonly mode?: string | undefined;
  /** How it may sign itself in when it wants to be: methods it may offer, the best first. */
  readonly signIn?: readonly string[] | undefined;
}

/** The program to run, and what it is asked. */
export interface AgentProgram {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The workspace. */
  readonly cwd: string;
  readonly prompt: readonly ContentBlock[];
  readonly acp?: AcpWishes | undefined;
}

/** What a protocol works with: the program, and where its facts go. */
export interface AgentContext {
  readonly program: AgentProgram;
  readonly tree: ProcessTree;
  readonly clock: Clock;
  /** The time that passes for the agent: it stands still while the agent does. */
  readonly agentTime: Clock;
  /** Records what the agent says or does, in order; `at` when it happened earlier than now. */
  report(body: EventBody, at?: number): void;
  /** Records a fact about the session. */
  tell(body: EventBody): void;
  /** Resolves when more can be recorded; whoever reads the agent's output waits for it. */
  room(): Promise<void>;
  /** Tells that a tool is changing a file, so that the change that is seen gets the tool's id. */
  claimFile(path: string, toolExecutionId: string): void;
  /** Tells that a tool is done; what it has not changed by now it does not change any more. */
  releaseFiles(toolExecutionId: string): void;
  /** What the agent is asked after its first prompt. */
  readonly prompts: PromptQueue;
  /**
   * Resolves when a program may be started where another one ended, which is not while the session stands still; with
   * false when none is to be started any more.
   */
  mayStart(): Promise<boolean>;
  /** How long an agent without anything to do is kept, in its own time, milliseconds. */
  readonly idleTimeoutMs: number;
  /** Who gives the agent leave. */
  readonly approvals: Approvals;
  /** What it is seen and typed at by; undefined for a program without a terminal. */
  readonly terminal: TerminalDesk | undefined;
}

/** Where what an agent says about itself goes. */
export type UpdateContext = Pick<AgentContext, 'clock' | 'report' | 'claimFile' | 'releaseFiles'>;

/** An agent at work. */
export interface RunningAgent {
  /** How it ended by itself. Resolves when its output is recorded and none of its processes is left. */
  readonly exit: Promise<AgentExit>;
  /** Asks it to end in the words of its protocol; false when there are none (yet) and a signal has to say it. */
  cancel(): boolean;
}

export type StartAgent = (context: AgentContext) => RunningAgent;

/** Each protocol's code is loaded when it is needed: a recorder stays small. */
export const protocols = {
  output: async () => (await import('./output.ts')).startOutputAgent,
  acp: async () => (await import('./acp.ts')).startAcpAgent,
  terminal: async () => {
    const [{ startTerminalAgent }, { loadTerminals }] = await Promise.all([
      import('./terminal.ts'),
      import('../../terminal/pty.ts'),
    ]);
    return startTerminalAgent(await loadTerminals());
  },
} satisfies Record<ProtocolName, () => Promise<StartAgent>>;

/** Loads those that hosts have everywhere, for a recorder that does not know its session yet and has the time. */
export const loadProtocols = async (): Promise<void> => {
  await Promise.all([protocols.output(), protocols.acp()]);
};

/** Whether an agent of this protocol can be asked more than it was started with. */
export const takesPrompts: Readonly<Record<ProtocolName, boolean>> = {
  output: false,
  acp: true,
  terminal: false,
};
