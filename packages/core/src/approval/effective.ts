import type { ApprovalPolicy, ApprovalPolicyInput } from '@agent-harbor/api-contract/schemas';
import { defaultApprovals } from './policy.ts';

/**
 * The policy that holds for a task: what the task does not say the host says, else the house. The rules of the task come
 * after those of the host, so that they count before them.
 */
export const effectiveApprovals = (
  host: ApprovalPolicyInput = {},
  task: ApprovalPolicyInput = {},
): ApprovalPolicy => ({
  default: task.default ?? host.default ?? defaultApprovals.default,
  rules: [...(host.rules ?? []), ...(task.rules ?? [])],
  expiresAfterSeconds:
    task.expiresAfterSeconds ?? host.expiresAfterSeconds ?? defaultApprovals.expiresAfterSeconds,
  onExpiry: task.onExpiry ?? host.onExpiry ?? defaultApprovals.onExpiry,
});
