/** The words that travel. `core` and every adapter import them from here; importing starts nothing. */
export {
  Agent,
  AgentCapability,
  AgentChoice,
  AgentDescription,
  AgentList,
  AgentName,
  AgentPresence,
  type AgentSettings,
  AgentType,
  agentSettings,
} from './agent.ts';
export {
  AnswerApproval,
  Approval,
  ApprovalDecision,
  ApprovalOption,
  ApprovalOutcome,
  ApprovalPage,
  ApprovalPolicy,
  ApprovalPolicyInput,
  ApprovalQuery,
  ApprovalRule,
  ApprovalState,
  SessionApprovalQuery,
} from './approval.ts';
export {
  AddAttachments,
  Attachment,
  AttachmentContent,
  AttachmentInput,
  attachmentBytes,
  ChatHistory,
  ChatMessage,
  ChatQuery,
  EditMessage,
  FileAttachment,
  ImageAttachment,
  MessageAttachments,
  messageAttachmentBytes,
  SendMessage,
  sessionAttachmentBytes,
  ToolCall,
  WorkspacePath,
} from './chat.ts';
export {
  finalContentBytes,
  ReplyComplete,
  ReplyDelta,
  ReplyFrame,
  ReplyPage,
  ReplyStart,
  ReplyToolCall,
  StreamMessage,
} from './chat-stream.ts';
export {
  ChatThread,
  CreatedThread,
  CreateThread,
  sessionThreads,
  ThreadList,
} from './chat-thread.ts';
export { Check, CheckCommand, CheckState, CommandLine, SessionUsage } from './check.ts';
export { commandWords } from './command-words.ts';
export { ComparedSession, Comparison } from './comparison.ts';
export {
  Annotations,
  AudioBlock,
  ContentBlock,
  ImageBlock,
  Prompt,
  ResourceBlock,
  ResourceContents,
  ResourceLinkBlock,
  TextBlock,
} from './content.ts';
export {
  ContextFile,
  ContextWindow,
  Model,
  ModelList,
  SessionContext,
  SessionSummary,
  Suggestion,
  Suggestions,
  UpdateContext,
} from './context.ts';
export {
  Delivered,
  DeliverSession,
  Delivery,
  DeliveryInput,
  DeliveryMode,
  DeliveryOutcome,
  DeliveryState,
  PastDelivery,
  SessionDelivery,
} from './delivery.ts';
export { Draft, DraftAgent, DraftInput, DraftPage, DraftQuery } from './draft.ts';
export { Pipeline, PlanEntry } from './event/activity.ts';
export {
  AgentSessionEvent,
  ApprovalEvent,
  CheckEvent,
  DeliveryEvent,
  DiffEvent,
  EventBody,
  EventType,
  FileEditEvent,
  LogEvent,
  MessageEvent,
  ModelsEvent,
  PlanEvent,
  ResyncEvent,
  SessionEvent,
  StatusEvent,
  ThoughtEvent,
  ToolResultEvent,
  ToolUseEvent,
  UnknownEvent,
  UsageEvent,
  UserInputEvent,
} from './event/index.ts';
export { EventPage, EventQuery, LogLine, LogPage, LogQuery } from './event-query.ts';
export {
  ExecutorDescription,
  ExecutorList,
  IsolationCapability,
  ProcessTracking,
  SnapshotCapability,
} from './executor.ts';
export {
  ChangedFile,
  ChangedFilePage,
  DiffFormat,
  DiffRow,
  FileContent,
  FileDetail,
  FileDiff,
  FileDiffQuery,
  FileQuery,
  FileStatus,
  Hunk,
  PatchQuery,
  SessionDiff,
  SessionDiffQuery,
} from './files.ts';
export { Health, Readiness, Version } from './health.ts';
export { Ide, IdeLink, IdeWay, OpenIde } from './ide.ts';
export { countedRows, type Page, Pagination } from './page.ts';
export { pipelinesOf, pipelinesRun } from './pipelines.ts';
export { JsonObject, Labels, Level, Timestamp, TimestampInput, Ulid } from './primitives.ts';
export { ProblemDocument } from './problem.ts';
export { Project, ProjectPage, ProjectQuery } from './project.ts';
export {
  Branch,
  BranchList,
  BranchName,
  BranchQuery,
  GitRef,
  GitRefList,
  GitRefQuery,
  ImportRepository,
  isBranchName,
  isRepoUrl,
  Repo,
  RepoInput,
  Repository,
  RepositoryFile,
  RepositoryFilePage,
  RepositoryFileQuery,
  RepositoryPage,
  RepositoryQuery,
  RepoUrl,
  ScmProvider,
} from './repo.ts';
export { Runtime, RuntimeDescription, RuntimeInput, RuntimeList, RuntimeType } from './runtime.ts';
export {
  Accepted,
  Changes,
  Session,
  SessionLinks,
  SessionPage,
  SessionQuery,
  SessionWorkspace,
} from './session.ts';
export { SessionStatus } from './status.ts';
export { livePromptBytes, PromptAccepted, PromptSession, ResumeSession } from './steering.ts';
export { CreateTask, LaunchedTask, sessionsPerTask, Task } from './task.ts';
export {
  TerminalExit,
  TerminalFrame,
  TerminalInput,
  TerminalOutput,
  TerminalPage,
  TerminalQuery,
  TerminalResized,
  TerminalSize,
  TerminalWish,
  terminalInputBytes,
} from './terminal.ts';
export {
  CreateWebhook,
  ReplayedWebhook,
  ReplayWebhook,
  RotateWebhookSecret,
  TaskWebhook,
  UpdateWebhook,
  Webhook,
  WebhookDelivery,
  WebhookDeliveryPage,
  WebhookDeliveryQuery,
  WebhookDeliveryState,
  WebhookDetail,
  WebhookEvent,
  WebhookPage,
  WebhookQuery,
  WebhookSecret,
  WebhookTest,
  WebhookUrl,
  WebhookWithSecret,
} from './webhook.ts';
export {
  ContentMatches,
  ContentQuery,
  DownloadQuery,
  EntryType,
  FilePreview,
  FoundDirectory,
  FoundPath,
  MatchedLine,
  PathMatches,
  PathQuery,
  PreviewQuery,
  SessionInfo,
  WorkspaceEntry,
  WorkspaceInfo,
  WorkspaceListing,
  WorkspaceQuery,
} from './workspace.ts';
export {
  Workspace,
  WorkspaceDetail,
  WorkspaceListQuery,
  WorkspacePage,
  WorkspaceStatus,
  WorkspaceUsage,
  WorkspaceUsageQuery,
} from './workspace-list.ts';
