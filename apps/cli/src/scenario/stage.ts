import { defaultApprovals, type Run } from '@agent-harbor/core';

/** The one session that is played; nobody ever stores it. */
export const sessionId = '00000000000000000000000000';

/** What is run when a scenario is played without a server. */
export const runOf = (scenario: string, prompt: string): Run => ({
  sessionId,
  taskId: sessionId,
  prompt,
  repo: { mode: 'git', url: '/nowhere' },
  agent: { type: 'mock', version: 'latest', settings: { scenario } },
  deliverTo: null,
  approvals: defaultApprovals,
  idleTimeoutMs: 0,
  checks: [],
});
