import type {
  AgentDescription,
  Branch,
  ExecutorDescription,
  JsonObject,
  Page,
  Repository,
  RepositoryQuery,
  RuntimeDescription,
} from '@agent-harbor/api-contract/schemas';
import type { CallOptions } from '../call.ts';
import type { Query } from '../task/task-manager.ts';

/** What there is to choose from. */
export interface Catalogue {
  /** The agent types of this host. */
  agents(options?: CallOptions): Promise<readonly AgentDescription[]>;
  /** The JSON Schema of the settings of an agent type. Rejects with `agent-not-found`. */
  agentSchema(type: string, options?: CallOptions): Promise<JsonObject>;
  /** Where agents can run. */
  runtimes(options?: CallOptions): Promise<readonly RuntimeDescription[]>;
  /** The hosts that run sessions, with what they can do and how busy they are. */
  executors(options?: CallOptions): Promise<readonly ExecutorDescription[]>;
  /** Last used first. */
  repositories(query?: Query<RepositoryQuery>, options?: CallOptions): Promise<Page<Repository>>;
  /** Rejects with `repository-not-found`. */
  repository(repositoryId: string, options?: CallOptions): Promise<Repository>;
  /** Rejects with `repository-not-found`, or `unsupported-choice` when the repository cannot be read. */
  branches(repositoryId: string, options?: CallOptions): Promise<readonly Branch[]>;
}
