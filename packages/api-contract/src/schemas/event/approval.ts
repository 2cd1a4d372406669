import { z } from 'zod';
import { ApprovalOption, ApprovalOutcome, ApprovalState } from '../approval.ts';
import { Timestamp } from '../primitives.ts';

/**
 * An agent asked for leave (`requested`, with what can be answered), or the request was settled: `answered` by somebody
 * or by the policy, `expired` when nobody did in time or its turn ended. A request the policy answers at once is told
 * in one event, `answered`.
 */
export const ApprovalBody = z.object({
  type: z.literal('approval'),
  approvalId: z.string(),
  state: ApprovalState,
  title: z.string(),
  tool_name: z.string().optional(),
  tool_execution_id: z.string().optional(),
  paths: z.array(z.string()).optional(),
  options: z.array(ApprovalOption).optional(),
  expiresAt: Timestamp.optional(),
  onExpiry: z.enum(['allow', 'deny']).optional(),
  outcome: ApprovalOutcome.optional(),
  optionId: z.string().optional(),
  by: z.string().optional(),
  note: z.string().optional(),
});
