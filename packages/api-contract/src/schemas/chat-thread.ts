import { z } from 'zod';
import { SendMessage } from './chat.ts';
import { Timestamp, text } from './primitives.ts';

/** How many threads one session has at most. */
export const sessionThreads = 100;

/**
 * A thread: messages of users that belong together, and what the agent said after each of them up to the next message of
 * a user. It orders what people read. The agent knows of none: it hears all messages as one conversation and remembers them
 * together, which is what `agent_memory` says.
 */
export const ChatThread = z.object({
  id: z.string(),
  title: z.string(),
  created_at: Timestamp,
  /** Null in a session with so many messages in threads that they are not counted any more. */
  message_count: z.number().int().min(0).nullable(),
  last_activity: Timestamp,
  participants: z.array(z.enum(['user', 'assistant'])),
  /** `ended`: its session takes no more messages. */
  status: z.enum(['active', 'ended']),
  agent_memory: z.literal('shared'),
});
export type ChatThread = z.infer<typeof ChatThread>;

/** The threads of a session, the one with the latest message first. */
export const ThreadList = z.object({
  threads: z.array(ChatThread),
  total: z.number().int().min(0),
});
export type ThreadList = z.infer<typeof ThreadList>;

/** A new thread, and what is said in it first. */
export const CreateThread = z
  .object({
    title: text(1, 200),
    initial_message: SendMessage.omit({ thread_id: true }).strict().optional(),
  })
  .strict();
export type CreateThread = z.infer<typeof CreateThread>;

/** A thread that was made. */
export const CreatedThread = z.object({
  id: z.string(),
  title: z.string(),
  created_at: Timestamp,
  /** The message that was said in it; absent where none was. */
  initial_message_id: z.string().optional(),
  agent_memory: z.literal('shared'),
});
export type CreatedThread = z.infer<typeof CreatedThread>;
