import { z } from 'zod';
import { commandWords } from './command-words.ts';
import { text } from './primitives.ts';

/** A program and its arguments in one line, held together by quotes where they have to be. */
export const CommandLine = text(1, 4096).refine((line) => commandWords(line) !== undefined, {
  message:
    "must be a program and its arguments, as in `npm test`; what needs a shell names one: ['sh', '-c', 'npm ci && npm test']",
});

/** A command as a line, or as an argv. It is never given to a shell; who wants one names it. */
export const CheckCommand = z.union([CommandLine, z.array(text(0, 4096)).min(1).max(64)]);
export type CheckCommand = z.infer<typeof CheckCommand>;

export const CheckState = z.enum(['pending', 'running', 'passed', 'failed', 'timed-out', 'cancelled']);
export type CheckState = z.infer<typeof CheckState>;

/**
 * A command that tells whether the work of a session is good, and what it said. It runs in the workspace when the agent
 * has ended well: 0 is passed, any other exit and a signal is failed. It stays pending where the agent did not end well.
 */
export const Check = z.object({
  /** As a line; an argv is quoted as a shell would need it. */
  command: z.string(),
  state: CheckState,
  exitCode: z.number().int().optional(),
  durationMs: z.number().int().min(0).optional(),
});
export type Check = z.infer<typeof Check>;

/** What the turns of a session used together, as its agent reported it. */
export const SessionUsage = z.object({
  input_tokens: z.number().int().min(0),
  output_tokens: z.number().int().min(0),
  cost_micro_usd: z.number().int().min(0).optional(),
});
export type SessionUsage = z.infer<typeof SessionUsage>;
