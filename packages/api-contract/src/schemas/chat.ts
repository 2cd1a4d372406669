import { z } from 'zod';
import { queryInteger } from './page.ts';
import { JsonObject, Timestamp, text } from './primitives.ts';
import { livePromptBytes } from './steering.ts';

/** Largest attachment, and most that all of a message may take together, in bytes of their content. */
export const attachmentBytes = 64 * 1024;
export const messageAttachmentBytes = 128 * 1024;
/** Most that the attachments of one session may take together, in bytes. */
export const sessionAttachmentBytes = 8 * 1024 * 1024;

const inPart = '[^\\u0000-\\u001f\\\\/:]';
const firstInPart = '[^\\u0000-\\u001f\\\\/:.]';
/** A name that is neither `.` nor `..`. */
const pathPart = `(?:${firstInPart}${inPart}*|\\.${firstInPart}${inPart}*|\\.\\.${inPart}+)`;

/** A file of the workspace by its path: relative, with `/`, and never out of it. */
export const WorkspacePath = z
  .string()
  .max(4096)
  .regex(
    new RegExp(`^${pathPart}(?:/${pathPart})*$`),
    'must be a relative path with / that stays in the workspace',
  );

const ToolName = text(1, 255);
const ThreadId = text(1, 64);
const Words = text(1, livePromptBytes);

/** A file of the workspace; its content is read when it is not given. */
export const FileAttachment = z
  .object({
    type: z.literal('file'),
    file_path: WorkspacePath,
    content: text(0, attachmentBytes).optional(),
    /** False keeps the first lines alone, `preview_lines` of them: 20, unless said. */
    include_full_content: z.boolean().optional(),
    preview_lines: z.number().int().min(1).max(50).optional(),
  })
  .strict();

/** An image as `data:` url in base64: PNG, JPEG, GIF or WebP, and what it is must be what it says. */
export const ImageAttachment = z
  .object({
    type: z.literal('image'),
    data_url: z
      .string()
      .max(2 * attachmentBytes)
      .regex(
        /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}$/,
        'must be data:image/(png|jpeg|gif|webp);base64,…',
      ),
    filename: z
      .string()
      .max(255)
      .regex(/^[^/\\\u0000-\u001f]+$/, 'must be a name without a path')
      .optional(),
  })
  .strict();

/** What is sent along with a message. */
export const AttachmentInput = z.discriminatedUnion('type', [FileAttachment, ImageAttachment]);
export type AttachmentInput = z.infer<typeof AttachmentInput>;

/** An attachment without its content. The same content under the same name has the same id. */
export const Attachment = z.object({
  id: z.string(),
  type: z.enum(['file', 'image']),
  file_path: z.string().optional(),
  filename: z.string().optional(),
  mime_type: z.string(),
  size_bytes: z.number().int().min(0),
  /** An estimate by a tokenizer, or by four bytes for each token. Null for what is no text. */
  token_count: z.number().int().min(0).nullable(),
  created_at: Timestamp,
});
export type Attachment = z.infer<typeof Attachment>;

/** An attachment as it was sent: text in UTF-8, an image in base64. */
export const AttachmentContent = Attachment.extend({
  content: z.string(),
  encoding: z.enum(['utf-8', 'base64']),
});
export type AttachmentContent = z.infer<typeof AttachmentContent>;

/** What is attached to a message that was sent. The agent has read the message, and hears nothing of it. */
export const AddAttachments = z.object({ attachments: z.array(AttachmentInput).min(1).max(16) }).strict();
export type AddAttachments = z.infer<typeof AddAttachments>;

/** What is attached to a message now, all of it. */
export const MessageAttachments = z.object({
  id: z.string(),
  attachments: z.array(Attachment),
  agent_memory: z.literal('unchanged'),
});
export type MessageAttachments = z.infer<typeof MessageAttachments>;

/** A use of a tool, in the words chat programs know. */
export const ToolCall = z.object({
  id: z.string(),
  type: z.literal('function'),
  function: z.object({ name: z.string(), arguments: JsonObject }),
});
export type ToolCall = z.infer<typeof ToolCall>;

/**
 * One message: what somebody said, or a use of a tool, or what came of it. `msg-0` is the prompt of the task. What the
 * agent knows cannot be edited: of a message that was edited, or deleted (then it has no content), `agent_memory` says
 * that the agent has it as it was sent.
 */
export const ChatMessage = z.object({
  id: z.string(),
  role: z.enum(['user', 'assistant', 'tool']),
  content: z.string(),
  timestamp: Timestamp,
  /** Who said it, of what a user said. */
  author: z.string().optional(),
  attachments: z.array(Attachment),
  /** What the agent thought, where thoughts are asked for. */
  thought: z.string().optional(),
  tool_calls: z.array(ToolCall).optional(),
  /** Which use of a tool this is the result of, how it ended, and whether only a part of the result is here. */
  tool_call_id: z.string().optional(),
  tool_name: z.string().optional(),
  status: z.enum(['completed', 'failed']).optional(),
  truncated: z.boolean().optional(),
  context_files: z.array(z.string()).optional(),
  tools_enabled: z.array(z.string()).optional(),
  model_override: z.string().optional(),
  /** The thread it belongs to; an answer says so where the messages of a thread are asked for. */
  thread_id: z.string().optional(),
  /** The message whose words this one says again. */
  retry_of: z.string().optional(),
  edited_at: Timestamp.optional(),
  deleted_at: Timestamp.optional(),
  agent_memory: z.literal('unchanged').optional(),
});
export type ChatMessage = z.infer<typeof ChatMessage>;

/**
 * A stretch of the conversation, the oldest message first. `before` and `after` are what to ask for to get what is older
 * and what is newer; null where there is nothing. `total` is null beyond 10,000, and where a thread has too many messages
 * to count.
 */
export const ChatHistory = z.object({
  messages: z.array(ChatMessage),
  total: z.number().int().min(0).nullable(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});
export type ChatHistory = z.infer<typeof ChatHistory>;

/** Which stretch: the last messages (before a message), or the first ones after one. */
export const ChatQuery = z
  .object({
    limit: queryInteger(1, 200).default(50).describe('At most this many messages.'),
    before: z.string().min(1).max(64).optional().describe('Only messages before this one, the last of them.'),
    after: z.string().min(1).max(64).optional().describe('Only messages after this one, the first of them.'),
    thoughts: z.enum(['true', 'false']).optional().describe('Whether what the agent thought is told, too.'),
    thread_id: ThreadId.optional().describe('Only messages of this thread, and what the agent said to them.'),
  })
  .strict();
export type ChatQuery = z.infer<typeof ChatQuery>;

/**
 * What a user says to the agent, at most 16 KiB of words. `context_files` are named to the agent, which reads them itself;
 * `tools_enabled` is said to it in words, which no agent has to follow. `model_override` has to be the model that the
 * session has: no agent can be given another one while it runs. `thread_id` is the thread it belongs to, of which the agent
 * hears nothing.
 */
export const SendMessage = z
  .object({
    content: Words,
    attachments: z.array(AttachmentInput).max(16).optional(),
    context_files: z.array(WorkspacePath).max(100).optional(),
    tools_enabled: z.array(ToolName).max(100).optional(),
    model_override: text(1, 255).optional(),
    thread_id: ThreadId.optional(),
  })
  .strict();
export type SendMessage = z.infer<typeof SendMessage>;

/** Other words for what a user said, in the history alone: the agent has heard the first ones. */
export const EditMessage = z.object({ content: Words }).strict();
export type EditMessage = z.infer<typeof EditMessage>;
