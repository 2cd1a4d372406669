import { DeliverSession, type DeliveryMode } from '@agent-harbor/api-contract/schemas';
import { parse } from '../parse.ts';
import { fieldProblem } from '../problem.ts';
import type { SessionRecord } from '../session/record.ts';
import { madeUpBranch } from '../task/plan-launch.ts';

/** What is to be done, from what the task said and what is wished now. */
export interface DeliveryPlan {
  readonly mode: Exclude<DeliveryMode, 'none'>;
  /** Null in mode `patch`. */
  readonly branch: string | null;
  /** Whether nobody asked for this very name. */
  readonly isMadeUp: boolean;
  /** In mode `pr` the branch it is for; the default one of the repository when undefined. */
  readonly targetBranch?: string | undefined;
  readonly message?: string | undefined;
  readonly title?: string | undefined;
  readonly body?: string | undefined;
}

/** Null when the task said that nothing is to be delivered, and nobody wishes otherwise. */
export const planDelivery = (
  session: Pick<SessionRecord, 'id' | 'prompt' | 'repo' | 'delivery'>,
  wish?: DeliverSession,
): DeliveryPlan | null => {
  const { delivery, repo } = session;
  if (wish === undefined && delivery.mode === 'none') return null;
  const mode = wish?.mode ?? (delivery.mode === 'none' ? usualMode(repo.mode) : delivery.mode);
  const { message, title, body, ...names } = parse(DeliverSession, { ...wish, mode });
  const words = { message, title, body };
  if (mode === 'patch') return { mode, branch: null, isMadeUp: true, ...words };
  if (repo.mode === 'none') {
    throw fieldProblem(
      'mode',
      `must be patch: the session works on no repository that could take a ${mode === 'pr' ? 'pull request' : 'branch'}`,
    );
  }
  const madeUp = madeUpBranch(session.prompt, session.id);
  const known = delivery.mode === 'branch' ? delivery.targetBranch : delivery.branch;
  const wished = names.branch ?? (mode === 'branch' ? names.targetBranch : undefined);
  const branch = wished ?? known ?? madeUp;
  const isMadeUp = wished === undefined && branch === madeUp;
  if (mode === 'branch') return { mode, branch, isMadeUp, ...words };
  const targetBranch =
    names.targetBranch ?? (delivery.mode === 'pr' ? delivery.targetBranch : undefined) ?? repo.branch;
  if (branch === targetBranch)
    throw fieldProblem('branch', 'must be another one than targetBranch, which the pull request is for');
  return { mode, branch, isMadeUp, targetBranch, ...words };
};

const usualMode = (repo: 'git' | 'none') => (repo === 'git' ? 'branch' : 'patch');
