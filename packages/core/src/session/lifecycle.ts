import type { SessionStatus } from '@agent-harbor/api-contract/schemas';

/**
 * The life of a session: from each status, the ones that may follow. The only place that knows.
 * Transitional states (`…ing`) always settle: whoever enters one sets a deadline.
 */
export const transitions = {
  queued: ['provisioning', 'stopping', 'failed', 'cancelled'],
  provisioning: ['running', 'stopping', 'failed', 'cancelled'],
  running: ['completed', 'pausing', 'stopping', 'failed', 'cancelled'],
  pausing: ['paused', 'running', 'stopping', 'failed', 'cancelled'],
  paused: ['resuming', 'stopping', 'failed', 'cancelled'],
  resuming: ['running', 'paused', 'stopping', 'failed', 'cancelled'],
  stopping: ['stopped', 'failed', 'cancelled'],
  stopped: [],
  completed: [],
  failed: [],
  cancelled: [],
} as const satisfies Record<SessionStatus, readonly SessionStatus[]>;

/** Statuses that nothing follows. */
export type TerminalStatus = {
  [Status in SessionStatus]: (typeof transitions)[Status] extends readonly [] ? Status : never;
}[SessionStatus];

/** Whether nothing follows this status. */
export const isTerminal = (status: SessionStatus): status is TerminalStatus =>
  transitions[status].length === 0;

/** The shortest way through the table from one status to another: what follows, up to the goal; empty when there is none. */
export const wayTo = (from: SessionStatus, goal: SessionStatus): readonly SessionStatus[] => {
  const ways = new Map<SessionStatus, readonly SessionStatus[]>([[from, []]]);
  // A map gives what is added while it is walked, too.
  for (const [status, way] of ways) {
    if (status === goal) return way;
    for (const next of transitions[status]) if (!ways.has(next)) ways.set(next, [...way, next]);
  }
  return [];
};

/** Whether a session may go from one status straight to the other. */
export const canTransition = (from: SessionStatus, to: SessionStatus): boolean => {
  const next: readonly SessionStatus[] = transitions[from];
  return next.includes(to);
};
