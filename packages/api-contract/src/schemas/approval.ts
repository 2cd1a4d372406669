import { z } from 'zod';
import { pageOf, pageQuery } from './page.ts';
import { Timestamp, text, Ulid } from './primitives.ts';

/** What becomes of a permission request without anybody being asked: leave, no leave, or a person decides. */
export const ApprovalDecision = z.enum(['ask', 'allow', 'deny']);
export type ApprovalDecision = z.infer<typeof ApprovalDecision>;

const pattern = (maxLength: number) => text(1, maxLength);

/**
 * One exception to the default. `tool` and `path` are patterns in which `*` stands for any characters but `/` and `**`
 * for any at all; a rule without one of them holds for every tool or path. A rule with a path that allows holds for a
 * request when every path the request names matches; one that asks or denies when any does. A request that names no
 * path is not met by it.
 */
export const ApprovalRule = z.union([
  z.object({ tool: pattern(255), path: pattern(4096).optional(), decision: ApprovalDecision }).strict(),
  z.object({ path: pattern(4096), decision: ApprovalDecision }).strict(),
]);
export type ApprovalRule = z.infer<typeof ApprovalRule>;

/** How permission requests of the agents are met; of several rules that hold, the last one counts. */
export const ApprovalPolicyInput = z
  .object({
    default: ApprovalDecision.optional(),
    rules: z.array(ApprovalRule).max(256).optional(),
    /** How long a person has to answer. */
    expiresAfterSeconds: z.number().int().min(1).max(604_800).optional(),
    /** What counts when nobody answered in time. */
    onExpiry: z.enum(['allow', 'deny']).optional(),
  })
  .strict();
export type ApprovalPolicyInput = z.infer<typeof ApprovalPolicyInput>;

/** The policy with everything said. */
export const ApprovalPolicy = ApprovalPolicyInput.required();
export type ApprovalPolicy = z.infer<typeof ApprovalPolicy>;

/** One of the answers an agent offers, as the Agent Client Protocol has them. */
export const ApprovalOption = z.object({
  optionId: z.string(),
  name: z.string(),
  kind: z.enum(['allow_once', 'allow_always', 'reject_once', 'reject_always']),
});
export type ApprovalOption = z.infer<typeof ApprovalOption>;

/** `expired` is an answer that nobody gave in time, or that nobody waits for any more. */
export const ApprovalState = z.enum(['requested', 'answered', 'expired']);
export type ApprovalState = z.infer<typeof ApprovalState>;

/** What came of it. `cancelled`: the turn or the session ended first, or no option fitted. */
export const ApprovalOutcome = z.enum(['allowed', 'denied', 'cancelled']);
export type ApprovalOutcome = z.infer<typeof ApprovalOutcome>;

/** What an agent asks leave for, and what was said to it. `id` is unique within its session. */
export const Approval = z.object({
  id: z.string(),
  sessionId: Ulid,
  state: ApprovalState,
  title: z.string(),
  tool_name: z.string().optional(),
  tool_execution_id: z.string().optional(),
  paths: z.array(z.string()).optional(),
  options: z.array(ApprovalOption),
  requestedAt: Timestamp,
  /** When it expires by itself; absent when the policy answered at once. */
  expiresAt: Timestamp.optional(),
  onExpiry: z.enum(['allow', 'deny']).optional(),
  outcome: ApprovalOutcome.optional(),
  optionId: z.string().optional(),
  /** Who answered: a caller, or `policy`. */
  by: z.string().optional(),
  note: z.string().optional(),
  settledAt: Timestamp.optional(),
});
export type Approval = z.infer<typeof Approval>;

export const ApprovalPage = pageOf(Approval);

const stateFilter = ApprovalState.optional().describe('Only requests in this state.');

/** The permission requests of one session, the newest first. */
export const SessionApprovalQuery = z.object({ ...pageQuery(20), state: stateFilter }).strict();
export type SessionApprovalQuery = z.infer<typeof SessionApprovalQuery>;

/** The permission requests of every session, the newest first. */
export const ApprovalQuery = z
  .object({
    ...pageQuery(20),
    state: stateFilter,
    sessionId: z.string().min(1).max(64).optional().describe('Only requests of this session.'),
  })
  .strict();
export type ApprovalQuery = z.infer<typeof ApprovalQuery>;

/** An answer: one of the options by its id, or the outcome, for which the first option that fits is taken. */
export const AnswerApproval = z.union([
  z.object({ optionId: text(1, 255), note: text(0, 4096).optional() }).strict(),
  z.object({ outcome: z.enum(['allowed', 'denied']), note: text(0, 4096).optional() }).strict(),
]);
export type AnswerApproval = z.infer<typeof AnswerApproval>;
