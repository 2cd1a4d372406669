import { z } from 'zod';
import { ApprovalPolicyInput } from './approval.ts';

/** How the agents of a task are steered: in a task, and in the draft of one. */
export const steered = {
  approvals: ApprovalPolicyInput.optional(),
  interactive: z
    .boolean()
    .optional()
    .describe('Whether the agents wait for further prompts when they are done: for 30 minutes, unless said.'),
  idleTimeoutSeconds: z
    .number()
    .int()
    .min(0)
    .max(86_400)
    .optional()
    .describe(
      'How long an agent that is done waits for the next prompt before its session ends; 0 if not said.',
    ),
};
