import { z } from 'zod';
import { Prompt } from './content.ts';
import { Timestamp, text, Ulid } from './primitives.ts';

/** Largest prompt into a session that runs, in bytes: of its text, or of its content blocks as JSON. */
export const livePromptBytes = 16 * 1024;

/** What a paused session is told when it goes on. */
export const ResumeSession = z.object({ prompt: Prompt.optional() }).strict();
export type ResumeSession = z.infer<typeof ResumeSession>;

/** What a running session is told. `message` is the older name, for text alone. */
export const PromptSession = z.union([
  z.object({ prompt: Prompt }).strict(),
  z.object({ message: text(1, 16 * 1024 * 1024) }).strict(),
]);
export type PromptSession = z.infer<typeof PromptSession>;

/** The prompt is written down and reaches the agent in its turn. `ts` is when it was taken. */
export const PromptAccepted = z.object({ sessionId: Ulid, accepted: z.literal(true), ts: Timestamp });
export type PromptAccepted = z.infer<typeof PromptAccepted>;
