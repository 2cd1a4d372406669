import type {
  AddAttachments,
  AttachmentContent,
  ChatHistory,
  ChatMessage,
  ChatQuery,
  CreatedThread,
  CreateThread,
  EditMessage,
  MessageAttachments,
  ModelList,
  ReplyFrame,
  ResyncEvent,
  SendMessage,
  SessionContext,
  SessionSummary,
  Suggestions,
  ThreadList,
  UpdateContext,
} from '@agent-harbor/api-contract/schemas';
import type { CallOptions, MutationOptions } from '../call.ts';
import type { Query } from '../task/task-manager.ts';

/** A frame of a reply with the id to resume after it, or the word that history before `oldest` is gone. */
export interface ReplyItem {
  readonly id: string;
  readonly frame: ReplyFrame | ResyncEvent;
}

/** How a reply is followed. */
export interface ReplyOptions extends MutationOptions {
  /** Goes on behind this id. Only together with the key the message was sent with: nothing is sent then. */
  readonly after?: string | undefined;
}

/**
 * Talking with the agent of a session. What was said is a projection of the session's events, so it goes with them when
 * old events are dropped; only what is in no event is kept beside them. Rejects with `session-not-found`, and with
 * `message-not-found` for a message there is not.
 */
export interface Conversations {
  /** What was said, the last stretch unless the query says otherwise. Archived sessions are found too. */
  messages(sessionId: string, query?: Query<ChatQuery>, options?: CallOptions): Promise<ChatHistory>;
  /** One message. */
  message(sessionId: string, messageId: string, options?: CallOptions): Promise<ChatMessage>;
  /** An attachment as it was sent. Rejects with `attachment-not-found`, too. */
  attachment(
    sessionId: string,
    messageId: string,
    attachmentId: string,
    options?: CallOptions,
  ): Promise<AttachmentContent>;
  /**
   * Says something to the agent, as `promptSession` does, and resolves with the message once it is in the log. Rejects as
   * that does, with `payload-too-large` for attachments beyond their bounds, and with `invalid-request` for a file that is
   * not in the workspace or content the agent does not take.
   */
  sendMessage(sessionId: string, message: SendMessage, options?: MutationOptions): Promise<ChatMessage>;
  /**
   * Says something as `sendMessage` does, and tells what the agent says and does until it waits or its session has ended.
   * What it tells is in the log; each frame once and in order. Leaving the loop, or the signal, ends it without an error;
   * the agent goes on.
   */
  streamMessage(sessionId: string, message: SendMessage, options?: ReplyOptions): AsyncIterable<ReplyItem>;
  /**
   * Gives what a user said other words, in the history alone. Rejects with `invalid-request` for what no user said. One
   * that was deleted is `message-not-found`.
   */
  editMessage(
    sessionId: string,
    messageId: string,
    edit: EditMessage,
    options?: CallOptions,
  ): Promise<ChatMessage>;
  /** Takes a message out of the history, and what was attached to it out of the store. The agent remembers it. */
  deleteMessage(sessionId: string, messageId: string, options?: CallOptions): Promise<void>;
  /** Says what a user said once more: the message itself, or the one it answers. Rejects as `sendMessage`. */
  retryMessage(sessionId: string, messageId: string, options?: MutationOptions): Promise<ChatMessage>;
  /**
   * Attaches to a message that was sent, in the history alone: the agent has read it. What is there already stays. Rejects
   * as `sendMessage` does for what cannot be attached, with `invalid-request` for what no user said.
   */
  addAttachments(
    sessionId: string,
    messageId: string,
    wish: AddAttachments,
    options?: MutationOptions,
  ): Promise<MessageAttachments>;
  /** Takes an attachment off a message, and out of the store. The agent knows what it was sent. */
  deleteAttachment(
    sessionId: string,
    messageId: string,
    attachmentId: string,
    options?: CallOptions,
  ): Promise<void>;
  /** The threads messages were put in. The agent hears one conversation. */
  threads(sessionId: string, options?: CallOptions): Promise<ThreadList>;
  /**
   * Begins a thread, with a message where there is one: both or none. Rejects as `sendMessage`, and with
   * `payload-too-large` where a session has too many.
   */
  createThread(sessionId: string, thread: CreateThread, options?: MutationOptions): Promise<CreatedThread>;
  /** What could be said next, by rules. */
  suggestions(sessionId: string, options?: CallOptions): Promise<Suggestions>;
  /** What the agent works with, as its events and the wishes of users tell. */
  context(sessionId: string, options?: CallOptions): Promise<SessionContext>;
  /**
   * Changes what is said to the agent with every message. Rejects with `invalid-request` for a file that is not in the
   * workspace, and `unsupported-choice` for another model.
   */
  updateContext(sessionId: string, update: UpdateContext, options?: CallOptions): Promise<SessionContext>;
  /** The models the agent named, the one it uses first. */
  models(sessionId: string, options?: CallOptions): Promise<ModelList>;
  /** What the session did, counted by rules. */
  summarize(sessionId: string, options?: CallOptions): Promise<SessionSummary>;
}
