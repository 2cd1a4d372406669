import type { AgentChoice, RepoInput } from '@agent-harbor/api-contract/schemas';
import type {
  Catalogue,
  Conversations,
  Deliveries,
  TaskManager,
  Terminals,
  Webhooks,
  Workspaces,
} from '@agent-harbor/core';

/**
 * What the agents of the checks do:
 * - `edits`: thinks, uses a tool, changes at least two text files, ends well;
 * - `waits`: says something and then works until it is stopped;
 * - `fails`: says something and exits with code 3;
 * - `asks`: asks for leave twice, one after the other, for the tools `install` and `remove`, and ends well whatever is
 *   said to it;
 * - `types`: runs in a terminal of 80 by 24, shows `ready` in bold, shows what is typed, tells its size as `80x24` at the
 *   line `size` and ends well at the line `bye`;
 * - `offers`: has the models `small` and `large`, uses `small` where no other is asked for, says something, ends well.
 */
export type Behaviour = 'edits' | 'waits' | 'fails' | 'asks' | 'types' | 'offers';

/** One implementation of the ports, and how a check moves it. */
export interface ManagerContext {
  readonly manager: TaskManager;
  readonly workspaces: Workspaces;
  readonly terminals: Terminals;
  readonly catalogue: Catalogue;
  readonly conversations: Conversations;
  readonly webhooks: Webhooks;
  readonly deliveries: Deliveries;
  /** An agent of this host that behaves so. */
  readonly agent: (behaviour: Behaviour) => AgentChoice;
  /** A git repository this host can work on. */
  readonly repo: RepoInput;
  /**
   * Lets time pass until the work is done: fake timers are advanced, with real ones there is nothing to do. Gives what
   * the work gives, and rejects as it does.
   */
  readonly settle: <Result>(work: Promise<Result>) => Promise<Result>;
}
