import {
  AttachmentContent,
  ChatMessage,
  CreatedThread,
  UpdateContext,
} from '@agent-harbor/api-contract/schemas';
import type { Schema } from '../parse.ts';
import { checked } from '../store/checked.ts';

/** What no event tells of a message: its words where they are others, what was sent along, what was done to it. */
export type MessageNote = Pick<ChatMessage, keyof typeof noted>;
const noted = {
  content: true,
  attachments: true,
  context_files: true,
  tools_enabled: true,
  model_override: true,
  thread_id: true,
  retry_of: true,
  edited_at: true,
  deleted_at: true,
  agent_memory: true,
} as const;

/** What a store keeps of a conversation beside its events, by what it is about. */
export interface ConversationParts {
  message: MessageNote;
  attachment: AttachmentContent;
  /** What users wished for the context. */
  context: UpdateContext;
  thread: CreatedThread;
}
/** The name of one kind of row. */
export type ConversationPart = keyof ConversationParts;

/** How each part is read and written. */
export const conversationParts: { readonly [Part in ConversationPart]: Schema<ConversationParts[Part]> } = {
  message: ChatMessage.pick(noted),
  attachment: AttachmentContent,
  context: UpdateContext,
  thread: CreatedThread,
};

/** One row of a conversation. `seq` is the event it is about: when that is pruned, the row goes with it; 0 is none. */
export interface ConversationRow<Part extends ConversationPart = ConversationPart> {
  readonly part: Part;
  readonly seq: number;
  /** Unique within part and event. */
  readonly id: string;
  readonly value: ConversationParts[Part];
}

/** The value of a row as its schema reads it. */
export const checkedPart = ({ part, value }: ConversationRow, what: string): unknown =>
  checked<unknown>(conversationParts[part], value, what);
