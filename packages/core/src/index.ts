export { decisionFor, defaultApprovals, type PermissionRequest } from './approval/policy.ts';
export type { CallOptions, LocalOptions, MutationOptions } from './call.ts';
export type { Catalogue } from './catalogue/catalogue.ts';
export { repositoryOf, withoutPassword } from './catalogue/repository.ts';
export { trackedFiles } from './catalogue/tracked-files.ts';
export { type Clock, sleep, steady, timestamp } from './clock.ts';
export type { Conversations, ReplyItem, ReplyOptions } from './conversation/conversations.ts';
export {
  type ConversationPart,
  type ConversationParts,
  type ConversationRow,
  checkedPart,
  conversationParts,
  type MessageNote,
} from './conversation/row.ts';
export { type OpenTokenCounter, openFourBytes, type TokenCounter } from './conversation/tokens.ts';
export { createHarbor, type HarborOptions } from './create-harbor.ts';
export type { Deliveries } from './delivery/deliveries.ts';
export type { ForgeRepository, Forges, PullRequest, PullRequestWish } from './delivery/forge.ts';
export { protectionOf, usuallyProtected } from './delivery/protected.ts';
export { digest } from './digest.ts';
export { encodeEvent, eventBytes } from './event/encode.ts';
export { levelOf, levelsFrom } from './event/level.ts';
export type {
  AgentExit,
  CheckRun,
  DeliveryResult,
  DeliveryWish,
  Executor,
  ExecutorCapabilities,
  FurtherPrompt,
  JournalBatch,
  NewEvent,
  PermissionAnswer,
  ProvisionedWorkspace,
  Run,
  TerminalBatch,
  TerminalResizing,
  TerminalTyping,
} from './executor/executor.ts';
export type {
  DiskUse,
  FilePlace,
  FileWish,
  NamedCommit,
  RepositoryRefs,
  TrackedFiles,
} from './executor/repositories.ts';
export {
  type DiffOptions,
  diffLimits,
  type PatchOptions,
  type WorkspaceFiles,
} from './executor/workspace-files.ts';
export type {
  ArchiveOptions,
  ContentSearch,
  EntryFacts,
  FileHead,
  FoundContent,
  FoundFile,
  FoundLine,
  TreeEntry,
  WorkspaceLook,
  WorkspaceTree,
} from './executor/workspace-look.ts';
export type {
  EventLog,
  Harbor,
  HarborView,
  LocalCatalogue,
  LocalConversations,
  LocalDeliveries,
  LocalTaskManager,
  LocalWorkspaces,
} from './harbor.ts';
export type { Claim, Idempotency, Outcome } from './idempotency.ts';
export type { IdKind, Ids } from './ids.ts';
export { type Log, silent } from './log.ts';
export {
  type CursorKey,
  decodeCursor,
  encodeCursor,
  offsetOf,
  type PageRequest,
  pageFrom,
} from './page.ts';
export { invalid, parse } from './parse.ts';
export {
  documentDetail,
  fieldProblem,
  Problem,
  type ProblemContext,
  problemFrom,
  throwIfAborted,
} from './problem.ts';
export type { BackupMark, RetentionOptions, RetentionPolicy } from './retention/policy.ts';
export { inScope, type Scope, wholeHost } from './scope.ts';
export { createSeededIds } from './seeded-ids.ts';
export { canTransition, isTerminal, type TerminalStatus, transitions } from './session/lifecycle.ts';
export { endedWell, outcomeOf } from './session/outcome.ts';
export { SessionRecord, TaskRecord } from './session/record.ts';
export { asProblem, checked, readJson } from './store/checked.ts';
export { keyOf, millisecondsOf, type Place, placeOf } from './store/place.ts';
export { type Prunable, pruneStep, stepOf } from './store/prune.ts';
export { type WordQuery, wordsOf } from './store/search.ts';
export { readSessionFilter, type SessionCriteria } from './store/session-criteria.ts';
export type {
  ApprovalFilter,
  Change,
  CommitOptions,
  ConversationRange,
  DeliveryFilter,
  EventBounds,
  EventLines,
  EventSelection,
  LogLimits,
  RepositoryFilter,
  SessionFilter,
  SessionLog,
  Store,
  StoredEvent,
  StoredReply,
  StoredSession,
} from './store/store.ts';
export { formatEventId, parseEventId } from './stream/id.ts';
export type { EventBatch, EventFilter, EventReader, Look, ReaderRequest } from './stream/reader.ts';
export { promptText, wishedBranches } from './task/plan-launch.ts';
export type { InitialTasks, Query, StreamItem, SubscribeOptions, TaskManager } from './task/task-manager.ts';
export { type Family, gauge, gaugeBy, type Sample } from './telemetry/family.ts';
export { type Metrics, type ReadFrom, type StreamEnd, uncounted } from './telemetry/metrics.ts';
export { readTraceparent, type TraceContext, traceparent } from './telemetry/trace-context.ts';
export {
  type Span,
  type SpanAttributes,
  type SpanStart,
  type Tracer,
  traced,
  untraced,
} from './telemetry/tracer.ts';
export { createPlainLines, type PlainLines } from './terminal/plain-lines.ts';
export { terminalOf } from './terminal/size.ts';
export type { LocalTerminals, TerminalItem, Terminals, WatchOptions } from './terminal/terminals.ts';
export type { WebhookOptions } from './webhook/dispatch.ts';
export { createRecordingSender, type RecordingSender } from './webhook/recording-sender.ts';
export { usualRetry, type Verdict, type WebhookRetry } from './webhook/retry.ts';
export {
  keptDeliveries,
  type WebhookCounts,
  type WebhookFilter,
  type WebhookKey,
  type WebhookLane,
} from './webhook/row.ts';
export type { WebhookAnswer, WebhookRequest, WebhookSender } from './webhook/sender.ts';
export type { LocalWebhooks, Webhooks } from './webhook/webhooks.ts';
export { inForm as diffInForm } from './workspace/diff-form.ts';
export { type PatchFacts, patchHead } from './workspace/patch-head.ts';
export type { Workspaces } from './workspace/workspaces.ts';
