// Generated from the contract: `pnpm --filter @agent-harbor/rest-client routes` writes it, a test holds it.
import type { In, Out, RequestOptions, Sent } from './contract.ts';

/** Every route of the contract as a method, by the noun it is about. */
export interface Api {
  readonly tasks: TasksApi;
  readonly sessions: SessionsApi;
  readonly approvals: ApprovalsApi;
  readonly chat: ChatApi;
  readonly terminal: TerminalApi;
  readonly events: EventsApi;
  readonly files: FilesApi;
  readonly workspace: WorkspaceApi;
  readonly delivery: DeliveryApi;
  readonly drafts: DraftsApi;
  readonly catalogue: CatalogueApi;
  readonly webhooks: WebhooksApi;
  readonly service: ServiceApi;
}

/** The routes of `tasks`. */
interface TasksApi {
  /** Launch a task: one session per agent and count; all are created or none. `POST /api/v1/tasks` */
  create(body: Sent<'tasks.create'>, options?: In<'tasks.create'>): Out<'tasks.create'>;
  /** A task and its sessions. `GET /api/v1/tasks/{taskId}` */
  get(taskId: string, options?: In<'tasks.get'>): Out<'tasks.get'>;
  /** The sessions of a task side by side: time, tokens, cost, size of the change and the checks, the best first. `GET /api/v1/tasks/{taskId}/comparison` */
  comparison(taskId: string, options?: In<'tasks.comparison'>): Out<'tasks.comparison'>;
}

/** The routes of `sessions`. */
interface SessionsApi {
  /** Sessions, filtered, sorted and paged. `GET /api/v1/sessions` */
  list(query?: In<'sessions.list'>, options?: RequestOptions): Out<'sessions.list'>;
  /** One session. `GET /api/v1/sessions/{id}` */
  get(id: string, query?: In<'sessions.get'>, options?: RequestOptions): Out<'sessions.get'>;
  /** The hosts of a session, and where its parts are served. `GET /api/v1/sessions/{id}/info` */
  info(id: string, options?: In<'sessions.info'>): Out<'sessions.info'>;
  /** Stop gracefully; escalates after a grace period. `POST /api/v1/sessions/{id}/stop` */
  stop(id: string, options?: In<'sessions.stop'>): Out<'sessions.stop'>;
  /** Make every process of the session stand still, until it is resumed. `POST /api/v1/sessions/{id}/pause` */
  pause(id: string, options?: In<'sessions.pause'>): Out<'sessions.pause'>;
  /** Let a paused session go on where it stood, with a prompt if there is one. `POST /api/v1/sessions/{id}/resume` */
  resume(id: string, body?: Sent<'sessions.resume'>, options?: In<'sessions.resume'>): Out<'sessions.resume'>;
  /** Tell a running session something; its agent hears it when its turn is over. `POST /api/v1/sessions/{id}/prompt` */
  prompt(id: string, body: Sent<'sessions.prompt'>, options?: In<'sessions.prompt'>): Out<'sessions.prompt'>;
  /** Kill every process of the session, release its workspace, archive its record. `DELETE /api/v1/sessions/{id}` */
  delete(id: string, options?: In<'sessions.delete'>): Out<'sessions.delete'>;
  /** Events: a resumable stream, or paged history for those who prefer JSON. `GET /api/v1/sessions/{id}/events` */
  events(id: string, options?: In<'sessions.events'>): Out<'sessions.events'>;
  /** Log lines, as JSON or as plain text. `GET /api/v1/sessions/{id}/logs` */
  logs(id: string, query?: In<'sessions.logs'>, options?: RequestOptions): Out<'sessions.logs'>;
}

/** The routes of `approvals`. */
interface ApprovalsApi {
  /** What agents ask leave for, in every session, the newest first. `GET /api/v1/approvals` */
  list(query?: In<'approvals.list'>, options?: RequestOptions): Out<'approvals.list'>;
  /** What the agent of a session asks leave for, the newest first. `GET /api/v1/sessions/{id}/approvals` */
  ofSession(
    id: string,
    query?: In<'approvals.ofSession'>,
    options?: RequestOptions,
  ): Out<'approvals.ofSession'>;
  /** Answer a permission request; the first answer counts. `POST /api/v1/sessions/{id}/approvals/{approvalId}` */
  answer(
    id: string,
    approvalId: string,
    body: Sent<'approvals.answer'>,
    options?: In<'approvals.answer'>,
  ): Out<'approvals.answer'>;
}

/** The routes of `chat`. */
interface ChatApi {
  /** What was said in a session, and which tools were used, the newest stretch first. `GET /api/v1/sessions/{id}/chat` */
  messages(id: string, query?: In<'chat.messages'>, options?: RequestOptions): Out<'chat.messages'>;
  /** Say something to the agent; it hears it when its turn is over. `POST /api/v1/sessions/{id}/chat/messages` */
  sendMessage(
    id: string,
    body: Sent<'chat.sendMessage'>,
    options?: In<'chat.sendMessage'>,
  ): Out<'chat.sendMessage'>;
  /** Say something to the agent and follow its reply: the same Idempotency-Key says it once, and Last-Event-ID goes on. `POST /api/v1/sessions/{id}/chat/stream` */
  stream(id: string, body: Sent<'chat.stream'>, options?: In<'chat.stream'>): Out<'chat.stream'>;
  /** One message. `GET /api/v1/sessions/{id}/chat/messages/{messageId}` */
  message(id: string, messageId: string, options?: In<'chat.message'>): Out<'chat.message'>;
  /** Other words for what a user said, in the history; the agent has heard the first ones. `PUT /api/v1/sessions/{id}/chat/messages/{messageId}` */
  editMessage(
    id: string,
    messageId: string,
    body: Sent<'chat.editMessage'>,
    options?: In<'chat.editMessage'>,
  ): Out<'chat.editMessage'>;
  /** Take a message and its attachments out of the history; the agent remembers it. `DELETE /api/v1/sessions/{id}/chat/messages/{messageId}` */
  deleteMessage(id: string, messageId: string, options?: In<'chat.deleteMessage'>): Out<'chat.deleteMessage'>;
  /** Say a message again; of an answer, what it answers. `POST /api/v1/sessions/{id}/chat/messages/{messageId}/retry` */
  retryMessage(id: string, messageId: string, options?: In<'chat.retryMessage'>): Out<'chat.retryMessage'>;
  /** Attach to a message that was sent, in the history; the agent is not told. `POST /api/v1/sessions/{id}/chat/messages/{messageId}/attachments` */
  addAttachments(
    id: string,
    messageId: string,
    body: Sent<'chat.addAttachments'>,
    options?: In<'chat.addAttachments'>,
  ): Out<'chat.addAttachments'>;
  /** An attachment of a message, as it was sent. `GET /api/v1/sessions/{id}/chat/messages/{messageId}/attachments/{attachmentId}` */
  attachment(
    id: string,
    messageId: string,
    attachmentId: string,
    options?: In<'chat.attachment'>,
  ): Out<'chat.attachment'>;
  /** Take an attachment off a message; the agent knows what it was sent. `DELETE /api/v1/sessions/{id}/chat/messages/{messageId}/attachments/{attachmentId}` */
  deleteAttachment(
    id: string,
    messageId: string,
    attachmentId: string,
    options?: In<'chat.deleteAttachment'>,
  ): Out<'chat.deleteAttachment'>;
  /** The threads messages were put in; the agent hears one conversation. `GET /api/v1/sessions/{id}/chat/threads` */
  threads(id: string, options?: In<'chat.threads'>): Out<'chat.threads'>;
  /** Begin a thread, with a message to the agent or without. `POST /api/v1/sessions/{id}/chat/threads` */
  createThread(
    id: string,
    body: Sent<'chat.createThread'>,
    options?: In<'chat.createThread'>,
  ): Out<'chat.createThread'>;
  /** What could be said to the agent next, by rules. `GET /api/v1/sessions/{id}/chat/suggestions` */
  suggestions(id: string, options?: In<'chat.suggestions'>): Out<'chat.suggestions'>;
  /** What the agent works with: tokens, files, tools, model. `GET /api/v1/sessions/{id}/context` */
  context(id: string, options?: In<'chat.context'>): Out<'chat.context'>;
  /** Change what is said to the agent with every message. `PUT /api/v1/sessions/{id}/context` */
  updateContext(
    id: string,
    body: Sent<'chat.updateContext'>,
    options?: In<'chat.updateContext'>,
  ): Out<'chat.updateContext'>;
  /** The models the agent named. `GET /api/v1/sessions/{id}/models` */
  models(id: string, options?: In<'chat.models'>): Out<'chat.models'>;
  /** What a session did, counted by rules. `GET /api/v1/sessions/{id}/summarize` */
  summarize(id: string, options?: In<'chat.summarize'>): Out<'chat.summarize'>;
}

/** The routes of `terminal`. */
interface TerminalApi {
  /** What the terminal of a session shows: a resumable stream, or what is kept of it for those who prefer JSON. `GET /api/v1/sessions/{id}/pty` */
  pty(id: string, options?: In<'terminal.pty'>): Out<'terminal.pty'>;
  /** Type into the terminal of a running session, at most 64 KiB at once. `POST /api/v1/sessions/{id}/pty/input` */
  input(id: string, body: Sent<'terminal.input'>, options?: In<'terminal.input'>): Out<'terminal.input'>;
  /** Give the terminal of a running session another size. `POST /api/v1/sessions/{id}/pty/resize` */
  resize(id: string, body: Sent<'terminal.resize'>, options?: In<'terminal.resize'>): Out<'terminal.resize'>;
}

/** The routes of `events`. */
interface EventsApi {
  /** The events of every session on one connection. `GET /api/v1/events` */
  list(options?: In<'events.list'>): Out<'events.list'>;
}

/** The routes of `files`. */
interface FilesApi {
  /** The files a session changed against its base. `GET /api/v1/sessions/{id}/files` */
  list(id: string, query?: In<'files.list'>, options?: RequestOptions): Out<'files.list'>;
  /** One file: its change and its history. `GET /api/v1/sessions/{id}/files/{path}` */
  get(id: string, path: string, options?: In<'files.get'>): Out<'files.get'>;
  /** The content of one file of the workspace. `GET /api/v1/sessions/{id}/files/{path}/content` */
  content(id: string, path: string, options?: In<'files.content'>): Out<'files.content'>;
  /** The beginning of one file of the workspace, and what it is. `GET /api/v1/sessions/{id}/files/{path}/preview` */
  preview(
    id: string,
    path: string,
    query?: In<'files.preview'>,
    options?: RequestOptions,
  ): Out<'files.preview'>;
  /** Search the files of the workspace by a regular expression. `GET /api/v1/sessions/{id}/files/search` */
  search(id: string, query?: In<'files.search'>, options?: RequestOptions): Out<'files.search'>;
  /** Everything a session changed, as unified diffs, side by side or in HTML. `GET /api/v1/sessions/{id}/diff` */
  diff(id: string, query?: In<'files.diff'>, options?: RequestOptions): Out<'files.diff'>;
  /** The diff of one file: unified, side by side or in HTML. `GET /api/v1/sessions/{id}/diff/{path}` */
  fileDiff(
    id: string,
    path: string,
    query?: In<'files.fileDiff'>,
    options?: RequestOptions,
  ): Out<'files.fileDiff'>;
  /** Everything a session changed as one patch, whole and binary files included: for git am and git apply. `GET /api/v1/sessions/{id}/patch` */
  patch(id: string, query?: In<'files.patch'>, options?: RequestOptions): Out<'files.patch'>;
}

/** The routes of `workspace`. */
interface WorkspaceApi {
  /** A directory of the workspace, without what git ignores. `GET /api/v1/sessions/{id}/workspace/files` */
  files(id: string, query?: In<'workspace.files'>, options?: RequestOptions): Out<'workspace.files'>;
  /** The workspace in numbers, and where it lies. `GET /api/v1/sessions/{id}/workspace/info` */
  info(id: string, options?: In<'workspace.info'>): Out<'workspace.info'>;
  /** Paths of the workspace that fit a few letters, the best first. `GET /api/v1/sessions/{id}/workspace/search/files` */
  searchFiles(
    id: string,
    query?: In<'workspace.searchFiles'>,
    options?: RequestOptions,
  ): Out<'workspace.searchFiles'>;
  /** The workspace or a part of it as an archive, without what git ignores. `GET /api/v1/sessions/{id}/workspace/download` */
  download(id: string, query?: In<'workspace.download'>, options?: RequestOptions): Out<'workspace.download'>;
  /** How an editor is opened on the workspace: a link and a command; nothing is started. `POST /api/v1/sessions/{id}/open/ide` */
  openIde(
    id: string,
    body: Sent<'workspace.openIde'>,
    options?: In<'workspace.openIde'>,
  ): Out<'workspace.openIde'>;
}

/** The routes of `delivery`. */
interface DeliveryApi {
  /** Take the work of a session home as it is now: as a branch, a pull request or a patch. `POST /api/v1/sessions/{id}/deliver` */
  deliver(
    id: string,
    body?: Sent<'delivery.deliver'>,
    options?: In<'delivery.deliver'>,
  ): Out<'delivery.deliver'>;
  /** Where the work of a session has gone, and every delivery before. `GET /api/v1/sessions/{id}/delivery` */
  get(id: string, options?: In<'delivery.get'>): Out<'delivery.get'>;
}

/** The routes of `drafts`. */
interface DraftsApi {
  /** Drafts, last changed first. `GET /api/v1/drafts` */
  list(query?: In<'drafts.list'>, options?: RequestOptions): Out<'drafts.list'>;
  /** Save a new draft. `POST /api/v1/drafts` */
  create(body: Sent<'drafts.create'>, options?: In<'drafts.create'>): Out<'drafts.create'>;
  /** One draft. `GET /api/v1/drafts/{id}` */
  get(id: string, options?: In<'drafts.get'>): Out<'drafts.get'>;
  /** Replace the members that are sent; with If-Match a lost update is refused. `PUT /api/v1/drafts/{id}` */
  update(id: string, body: Sent<'drafts.update'>, options?: In<'drafts.update'>): Out<'drafts.update'>;
  /** Delete a draft. `DELETE /api/v1/drafts/{id}` */
  delete(id: string, options?: In<'drafts.delete'>): Out<'drafts.delete'>;
}

/** The routes of `catalogue`. */
interface CatalogueApi {
  /** The agent types of this host. `GET /api/v1/agents` */
  agents(options?: In<'catalogue.agents'>): Out<'catalogue.agents'>;
  /** The JSON Schema of an agent type’s settings. `GET /api/v1/schemas/agents/{file}` */
  agentSchema(file: string, options?: In<'catalogue.agentSchema'>): Out<'catalogue.agentSchema'>;
  /** The runtimes of this host. `GET /api/v1/runtimes` */
  runtimes(options?: In<'catalogue.runtimes'>): Out<'catalogue.runtimes'>;
  /** The hosts that run sessions and what they can do. `GET /api/v1/executors` */
  executors(options?: In<'catalogue.executors'>): Out<'catalogue.executors'>;
  /** Repositories known from tasks and imports, last used first. `GET /api/v1/repos` */
  repos(query?: In<'catalogue.repos'>, options?: RequestOptions): Out<'catalogue.repos'>;
  /** Repositories known from tasks and imports, last used first. `GET /api/v1/repositories` */
  repositories(query?: In<'catalogue.repositories'>, options?: RequestOptions): Out<'catalogue.repositories'>;
  /** Make a repository known before a task uses it; one that is known already is named or grouped anew. `POST /api/v1/repositories` */
  importRepository(
    body: Sent<'catalogue.importRepository'>,
    options?: In<'catalogue.importRepository'>,
  ): Out<'catalogue.importRepository'>;
  /** One repository. `GET /api/v1/repositories/{id}` */
  repository(id: string, options?: In<'catalogue.repository'>): Out<'catalogue.repository'>;
  /** Forget a repository until it is used again; nothing is deleted where it is kept. `DELETE /api/v1/repositories/{id}` */
  removeRepository(id: string, options?: In<'catalogue.removeRepository'>): Out<'catalogue.removeRepository'>;
  /** The branches of a repository, as it said at most a minute ago. `GET /api/v1/repositories/{id}/branches` */
  branches(id: string, query?: In<'catalogue.branches'>, options?: RequestOptions): Out<'catalogue.branches'>;
  /** The files git tracks in a repository; a walk stays in the commit it began with. `GET /api/v1/repositories/{id}/files` */
  repositoryFiles(
    id: string,
    query?: In<'catalogue.repositoryFiles'>,
    options?: RequestOptions,
  ): Out<'catalogue.repositoryFiles'>;
  /** Branches and tags at a url, as it said at most a minute ago, for who chooses where to start. `GET /api/v1/git/refs` */
  gitRefs(query?: In<'catalogue.gitRefs'>, options?: RequestOptions): Out<'catalogue.gitRefs'>;
  /** Projects known from tasks and imports, last used first. `GET /api/v1/projects` */
  projects(query?: In<'catalogue.projects'>, options?: RequestOptions): Out<'catalogue.projects'>;
  /** Where sessions work, the newest first. `GET /api/v1/workspaces` */
  workspaces(query?: In<'catalogue.workspaces'>, options?: RequestOptions): Out<'catalogue.workspaces'>;
  /** One workspace, with what was done in it and what it took when it was last measured. `GET /api/v1/workspaces/{workspaceId}` */
  workspace(workspaceId: string, options?: In<'catalogue.workspace'>): Out<'catalogue.workspace'>;
  /** What a workspace takes of the disk, measured at most a minute ago. `GET /api/v1/workspaces/{workspaceId}/usage` */
  workspaceUsage(
    workspaceId: string,
    query?: In<'catalogue.workspaceUsage'>,
    options?: RequestOptions,
  ): Out<'catalogue.workspaceUsage'>;
}

/** The routes of `webhooks`. */
interface WebhooksApi {
  /** Tell a url of what happens in every session; the secret is shown in this answer only. `POST /api/v1/webhooks` */
  create(body: Sent<'webhooks.create'>, options?: In<'webhooks.create'>): Out<'webhooks.create'>;
  /** Webhooks, the newest first. `GET /api/v1/webhooks` */
  list(query?: In<'webhooks.list'>, options?: RequestOptions): Out<'webhooks.list'>;
  /** One webhook, and how much waits and was given up. `GET /api/v1/webhooks/{id}` */
  get(id: string, options?: In<'webhooks.get'>): Out<'webhooks.get'>;
  /** Replace the members that are sent: where it sends what, and whether it is enabled. `PUT /api/v1/webhooks/{id}` */
  update(id: string, body: Sent<'webhooks.update'>, options?: In<'webhooks.update'>): Out<'webhooks.update'>;
  /** Give it a new secret; the one before signs as well for a day, if not said otherwise. `POST /api/v1/webhooks/{id}/rotate` */
  rotate(id: string, body: Sent<'webhooks.rotate'>, options?: In<'webhooks.rotate'>): Out<'webhooks.rotate'>;
  /** Send it a message of the type webhook.test now, and say how the receiver answered. `POST /api/v1/webhooks/{id}/test` */
  test(id: string, options?: In<'webhooks.test'>): Out<'webhooks.test'>;
  /** The messages that were tried, the newest first; with state=dead the dead letters. `GET /api/v1/webhooks/{id}/deliveries` */
  deliveries(
    id: string,
    query?: In<'webhooks.deliveries'>,
    options?: RequestOptions,
  ): Out<'webhooks.deliveries'>;
  /** Send messages once more: by id, all dead letters, a session after an event, or everything since a time. `POST /api/v1/webhooks/{id}/replay` */
  replay(id: string, body: Sent<'webhooks.replay'>, options?: In<'webhooks.replay'>): Out<'webhooks.replay'>;
  /** Delete a webhook with its deliveries and dead letters. `DELETE /api/v1/webhooks/{id}` */
  delete(id: string, options?: In<'webhooks.delete'>): Out<'webhooks.delete'>;
}

/** The routes of `service`. */
interface ServiceApi {
  /** The process is alive. `GET /healthz` */
  healthz(options?: In<'service.healthz'>): Out<'service.healthz'>;
  /** The service can do its work; otherwise 503 `not-ready` with the reasons in `errors.reasons`. `GET /readyz` */
  readyz(options?: In<'service.readyz'>): Out<'service.readyz'>;
  /** Name and version. `GET /version` */
  version(options?: In<'service.version'>): Out<'service.version'>;
  /** This contract as an OpenAPI 3.1 document. `GET /api/v1/openapi.json` */
  openapi(options?: In<'service.openapi'>): Out<'service.openapi'>;
}
