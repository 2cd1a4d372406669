import type {
  AgentCapability,
  AgentPresence,
  AgentSettings,
  AgentType,
  ContentBlock,
  Prompt,
} from '@agent-harbor/api-contract/schemas';
import type { Environment } from './agent-environment.ts';
import type { AskVersion } from './asked-version.ts';
import type { Lent } from './lend.ts';
import type { AcpWishes, ProtocolName } from './protocol/protocol.ts';

/** What an adapter knows of the host. */
export interface AgentHost {
  /** The program of the mock agent. */
  readonly mockAgentCommand: readonly string[];
  /** The environment of this process: where programs are, and what credentials may be passed on. */
  readonly environment?: Environment;
  /** Programs to start for agent types, each an argv, instead of what is found on the PATH. */
  readonly agentPrograms?: Readonly<Partial<Record<AgentType, readonly string[]>>>;
  /** The agent types whose credentials of this host's user are passed in. */
  readonly agentCredentials?: readonly AgentType[];
  /** What agents get of this host's user beside that, each type its own. */
  readonly agentLends?: Readonly<Partial<Record<AgentType, Lent>>>;
  /** How a program that no package tells about is asked for its version. */
  readonly askVersion?: AskVersion;
}

/** What a session asks of its agent. The paths name the members in problems. */
interface AgentRequest<Type extends AgentType> {
  readonly settings: AgentSettings[Type];
  readonly settingsPath: string;
  readonly prompt: Prompt;
  /** The model that was chosen for it. */
  readonly model?: string | undefined;
  readonly host: AgentHost;
}

/** The program of one session, and what it is asked. */
export interface PlannedProgram {
  readonly argv: readonly string[];
  /** Variables on top of those every agent gets. */
  readonly env: Readonly<Record<string, string>>;
  readonly prompt: readonly ContentBlock[];
  /** What an agent that speaks the Agent Client Protocol is asked for besides. */
  readonly acp?: AcpWishes;
  /** Files of the user's home that the agent finds in its own, relative to both. */
  readonly credentialFiles?: readonly string[];
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
  /** Whether its program is here, and whether it may work for somebody; where it needs neither it is not said. */
  presence?(host: AgentHost): Promise<AgentPresence>;
  /** What it can do with sessions of its own, where that is known before it is started. */
  readonly capabilities?: readonly AgentCapability[];
  /** The program for a session; throws a `Problem` that names the field when there cannot be one. */
  plan(request: AgentRequest<Type>): PlannedProgram;
}

/** The prompt as content blocks. */
export const blocksOf = (prompt: Prompt): readonly ContentBlock[] =>
  typeof prompt === 'string' ? [{ type: 'text', text: prompt }] : prompt;
