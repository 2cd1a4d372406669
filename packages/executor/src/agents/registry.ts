import type { AgentType } from '@agent-harbor/api-contract/schemas';
import { acp } from './acp.ts';
import type { AgentAdapter } from './adapter.ts';
import { command } from './command.ts';
import { mock } from './mock.ts';

/** Every agent type; a new one is one line here. */
export const agents = { mock, acp, command } satisfies AgentRegistry;

/** One adapter for each member of the contract's enum: a missing one does not compile. */
export type AgentRegistry = { readonly [Type in AgentType]: AgentAdapter<Type> };
