import type { AgentSettings, AgentType, ContentBlock, Prompt } from '@agent-harbor/api-contract/schemas';
import type { ProtocolName } from './protocol/protocol.ts';

/** What an adapter knows of the host. */
export interface AgentHost {
  /** The program of the mock agent. */
  readonly mockAgentCommand: readonly string[];
}

/** What a session asks of its agent. The paths name the members in problems. */
interface AgentRequest<Type extends AgentType> {
  readonly settings: AgentSettings[Type];
  readonly settingsPath: string;
  readonly prompt: Prompt;
  readonly host: AgentHost;
}

/** The program of one session, and what it is asked. */
export interface PlannedProgram {
  readonly argv: readonly string[];
  /** Variables on top of those every agent gets. */
  readonly env: Readonly<Record<string, string>>;
  readonly prompt: readonly ContentBlock[];
}

/**
 * One agent type: how it is shown, how its program is started and how it is talked with. An agent that speaks a
 * known protocol is this file and a line in the registry.
 */
export interface AgentAdapter<Type extends AgentType> {
  readonly displayName: string;
  readonly description: string;
  readonly versions: readonly string[];
  readonly protocol: ProtocolName;
  /** The program for a session; throws a `Problem` that names the field when there cannot be one. */
  plan(request: AgentRequest<Type>): PlannedProgram;
}

/** The prompt as content blocks. */
export const blocksOf = (prompt: Prompt): readonly ContentBlock[] =>
  typeof prompt === 'string' ? [{ type: 'text', text: prompt }] : prompt;
