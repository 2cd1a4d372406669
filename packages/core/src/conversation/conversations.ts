import type {
  AttachmentContent,
  ChatHistory,
  ChatMessage,
  ChatQuery,
  SendMessage,
} from '@agent-harbor/api-contract/schemas';
import type { CallOptions, MutationOptions } from '../call.ts';
import type { Query } from '../task/task-manager.ts';

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
}
