import { defaultApprovals } from '../approval/policy.ts';
import type { Run } from '../executor/executor.ts';
import type { SessionRecord, TaskRecord } from './record.ts';

/** What the executor needs to know of a session: the task as it was asked, the session's own agent and branch. */
export const runOf = (session: SessionRecord, task: TaskRecord): Run => ({
  sessionId: session.id,
  taskId: session.taskId,
  prompt: task.request.prompt,
  repo: task.request.repo,
  agent: session.agent,
  deliverTo: session.delivery.mode === 'branch' ? (session.delivery.targetBranch ?? null) : null,
  approvals: defaultApprovals,
  idleTimeoutMs: 0,
});
