import type { AgentType } from '@agent-harbor/api-contract/schemas';
import { acp } from './acp.ts';
import type { AgentAdapter } from './adapter.ts';
import { command } from './command.ts';
import { mock } from './mock.ts';

/** Every agent type; a new one is one line here. */
export const agents: AgentRegistry = { mock, acp, command };

/** One adapter for each member of the contract's enum: a missing one does not compile. */
type AgentRegistry = { readonly [Type in AgentType]: AgentAdapter<Type> };
