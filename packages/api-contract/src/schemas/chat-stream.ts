import { z } from 'zod';
import { SendMessage } from './chat.ts';
import { JsonObject, Timestamp } from './primitives.ts';
import { SessionStatus } from './status.ts';

/** Most of what an agent said that is told once more at the end of a reply, in bytes. */
export const finalContentBytes = 64 * 1024;

/** A message whose reply is streamed. */
export const StreamMessage = SendMessage.extend({ stream: z.literal(true).optional() }).strict();
export type StreamMessage = z.infer<typeof StreamMessage>;

/** The message is in the log. `busy`: the agent works on something else still, and may first speak of that. */
export const ReplyStart = z.object({
  type: z.literal('message_start'),
  /** The message that was sent. */
  id: z.string(),
  timestamp: Timestamp,
  busy: z.boolean(),
});

/** What the agent said: as much as one event of the log holds, mostly a whole message of it. */
export const ReplyDelta = z.object({
  type: z.literal('content_delta'),
  delta: z.string(),
  /** The message of the agent this is. */
  message_id: z.string(),
  timestamp: Timestamp,
});

/** The agent uses a tool. */
export const ReplyToolCall = z.object({
  type: z.literal('tool_call'),
  tool_name: z.string(),
  tool_args: JsonObject,
  tool_execution_id: z.string(),
  timestamp: Timestamp,
});

/**
 * The agent has nothing more to say: it waits (`idle`), or its session has ended. `final_content` is all it said, one delta
 * behind the other, at most 64 KiB of it. `shared`: there were other messages it may have spoken of.
 */
export const ReplyComplete = z.object({
  type: z.literal('message_complete'),
  id: z.string(),
  timestamp: Timestamp,
  reason: z.enum(['idle', 'ended']),
  status: SessionStatus,
  final_content: z.string(),
  truncated: z.boolean().optional(),
  shared: z.boolean(),
});

/** One frame of a streamed reply. */
export const ReplyFrame = z.discriminatedUnion('type', [
  ReplyStart,
  ReplyDelta,
  ReplyToolCall,
  ReplyComplete,
]);
export type ReplyFrame = z.infer<typeof ReplyFrame>;

/** What there is of a reply by now, for those who prefer JSON. `after` leads on. */
export const ReplyPage = z.object({ items: z.array(ReplyFrame), after: z.string(), complete: z.boolean() });
export type ReplyPage = z.infer<typeof ReplyPage>;
