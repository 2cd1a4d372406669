import { z } from 'zod';
import { Agent } from './agent.ts';
import { Check, SessionUsage } from './check.ts';
import { Delivered } from './delivery.ts';
import { Ulid } from './primitives.ts';
import { Changes } from './session.ts';
import { SessionStatus } from './status.ts';

/** One session of a task beside the others. Null is what is not known: it never ran, or its agent reports none. */
export const ComparedSession = z.object({
  sessionId: Ulid,
  /** From 1: the place among the others by `order`. */
  rank: z.number().int().min(1),
  agent: Agent.omit({ settings: true }),
  status: SessionStatus,
  statusReason: z.string().optional(),
  /** From its start to its end, or until now; pauses included. */
  durationMs: z.number().int().min(0).nullable(),
  usage: SessionUsage.nullable(),
  changes: Changes,
  checks: z.array(Check),
  delivered: Delivered.optional(),
  links: z.object({ self: z.string(), diff: z.string() }),
});
export type ComparedSession = z.infer<typeof ComparedSession>;

/**
 * The sessions of a task, the best first: by checks passed, then those that completed, then the cheaper one where both
 * costs are known, then the one with fewer changed lines, then the faster one. `winner` is the first one when it completed
 * and passed every check, all sessions have ended, and the task names a check; else null. `reason` says why it is so.
 */
export const Comparison = z.object({
  taskId: Ulid,
  checks: z.array(z.string()),
  sessions: z.array(ComparedSession),
  winner: Ulid.nullable(),
  reason: z.string(),
});
export type Comparison = z.infer<typeof Comparison>;
