import type { Approval } from '@agent-harbor/api-contract/schemas';
import type { NewEvent } from '../executor/executor.ts';
import { wholeHost } from '../scope.ts';
import { isTerminal } from '../session/lifecycle.ts';
import type { Change, Store } from '../store/store.ts';
import { approvalAfter, withdrawn } from './project.ts';

/** The events, and before the last word of a session that nobody can answer any more what it left open. */
export const withWithdrawals = async (
  store: Store,
  sessionId: string,
  events: readonly NewEvent[],
): Promise<readonly NewEvent[]> => {
  const end = events.findIndex(({ body }) => body.type === 'status' && isTerminal(body.status));
  const last = events[end];
  if (last === undefined) return events;
  const open: Approval[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const filter = { sessionId, state: 'requested' } as const;
    const page = await store.approvals(wholeHost, filter, { perPage: 200, cursor });
    open.unshift(...page.items.reverse());
    cursor = page.nextCursor;
  }
  const withdrawals = open.map((approval) => withdrawn(approval, last.at));
  return [...events.slice(0, end), ...withdrawals, ...events.slice(end)];
};

/** The permission requests that events speak of, as they leave them: for the transaction of the events. */
export const approvalsSaved = async (
  store: Store,
  sessionId: string,
  events: readonly NewEvent[],
): Promise<readonly Change[]> => {
  const told = new Map<string, Approval>();
  for (const { at, body } of events) {
    if (body.type !== 'approval') continue;
    const { approvalId } = body;
    const before = told.get(approvalId) ?? (await store.approval(wholeHost, sessionId, approvalId));
    told.set(approvalId, approvalAfter(before, sessionId, at, body));
  }
  return [...told.values()].map((approval) => ({ kind: 'approval-saved', approval }));
};
