import type { Approval, EventBody } from '@agent-harbor/api-contract/schemas';
import { timestamp } from '../clock.ts';
import type { NewEvent } from '../executor/executor.ts';

/** What an event says about a permission request. */
type ApprovalBody = Extract<EventBody, { type: 'approval' }>;

/**
 * A permission request after one more word about it. The first word that settles it counts; one that the policy
 * answered at once has only that word.
 */
export const approvalAfter = (
  before: Approval | undefined,
  sessionId: string,
  at: number,
  { approvalId, state, title, tool_name, tool_execution_id, paths, options, ...said }: ApprovalBody,
): Approval => {
  if (before !== undefined && (before.state !== 'requested' || state === 'requested')) return before;
  const asked: Approval = before ?? {
    id: approvalId,
    sessionId,
    state,
    title,
    tool_name,
    tool_execution_id,
    paths,
    options: options ?? [],
    requestedAt: timestamp(at),
    expiresAt: said.expiresAt,
    onExpiry: said.onExpiry,
  };
  if (state === 'requested') return asked;
  const { outcome, optionId, by, note } = said;
  return { ...asked, state, outcome, optionId, by, note, settledAt: timestamp(at) };
};

/** The last word about a request that nobody can answer any more, as its session is over. */
export const withdrawn = ({ id, title, tool_name, tool_execution_id }: Approval, at: number): NewEvent => ({
  at,
  body: {
    type: 'approval',
    approvalId: id,
    state: 'expired',
    title,
    tool_name,
    tool_execution_id,
    outcome: 'cancelled',
  },
});
