import type {
  AgentDescription,
  BranchList,
  BranchQuery,
  ExecutorDescription,
  GitRefList,
  GitRefQuery,
  ImportRepository,
  JsonObject,
  Page,
  Project,
  ProjectQuery,
  Repository,
  RepositoryFilePage,
  RepositoryFileQuery,
  RepositoryQuery,
  RuntimeDescription,
  Workspace,
  WorkspaceDetail,
  WorkspaceListQuery,
  WorkspaceUsage,
  WorkspaceUsageQuery,
} from '@agent-harbor/api-contract/schemas';
import type { CallOptions, MutationOptions } from '../call.ts';
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
  /**
   * Makes a repository known, or gives the known one, named and grouped as is asked. Rejects with a problem with `url`
   * where nothing can be read, and where it carries a user or password.
   */
  importRepository(repository: ImportRepository, options?: MutationOptions): Promise<Repository>;
  /** Forgets it until it is used again. Rejects with `repository-not-found`. */
  removeRepository(repositoryId: string, options?: CallOptions): Promise<void>;
  /**
   * The branches, as the repository said a minute ago at most. Rejects with `repository-not-found`, or
   * `unsupported-choice` or `invalid-request` when the repository cannot be read.
   */
  branches(repositoryId: string, query?: Query<BranchQuery>, options?: CallOptions): Promise<BranchList>;
  /**
   * A page of the files git tracks; see `trackedFiles` for all of them. Rejects as `branches` does, and with a problem with
   * `ref` or `cursor`.
   */
  repositoryFiles(
    repositoryId: string,
    query?: Query<RepositoryFileQuery>,
    options?: CallOptions,
  ): Promise<RepositoryFilePage>;
  /** What is at a url that need not be known. Rejects with a problem with `url`. */
  gitRefs(query: Query<GitRefQuery> & { readonly url: string }, options?: CallOptions): Promise<GitRefList>;
  /** Last used first. */
  projects(query?: Query<ProjectQuery>, options?: CallOptions): Promise<Page<Project>>;
  /** The newest first. */
  workspaces(query?: Query<WorkspaceListQuery>, options?: CallOptions): Promise<Page<Workspace>>;
  /** Rejects with `workspace-not-found`. */
  workspace(workspaceId: string, options?: CallOptions): Promise<WorkspaceDetail>;
  /** Measures it, unless that was done less than a minute ago. Rejects with `workspace-not-found`. */
  workspaceUsage(
    workspaceId: string,
    query?: Query<WorkspaceUsageQuery>,
    options?: CallOptions,
  ): Promise<WorkspaceUsage>;
}
