import type { ApprovalPolicyInput, CreateTask } from '@agent-harbor/api-contract/schemas';
import { effectiveApprovals } from '../approval/effective.ts';
import type { Run } from '../executor/executor.ts';
import { checkArgv, checkLine } from '../task/checks.ts';
import type { SessionRecord, TaskRecord } from './record.ts';

/** What the executor needs to know of a session: the task as it was asked, the session's own agent and branch. */
export const runOf = (
  session: SessionRecord,
  { request }: TaskRecord,
  approvals: ApprovalPolicyInput | undefined,
): Run => ({
  sessionId: session.id,
  taskId: session.taskId,
  prompt: request.prompt,
  repo: request.repo,
  agent: session.agent,
  deliverTo: branchOf(session.delivery),
  approvals: effectiveApprovals(approvals, request.approvals),
  idleTimeoutMs: idleTimeoutMs(request),
  checks: (request.checks ?? []).map((check) => ({ command: checkLine(check), argv: checkArgv(check) })),
  traceparent: session.traceparent,
});

/** The branch the work of a session is for; null when it goes to none. */
const branchOf = ({ mode, branch, targetBranch }: SessionRecord['delivery']): string | null =>
  (mode === 'pr' ? branch : mode === 'branch' ? targetBranch : undefined) ?? null;

/** How long somebody who talks with an agent may take between two prompts. */
const interactiveSeconds = 30 * 60;

const idleTimeoutMs = ({ interactive, idleTimeoutSeconds }: CreateTask): number =>
  (idleTimeoutSeconds ?? (interactive === true ? interactiveSeconds : 0)) * 1000;
