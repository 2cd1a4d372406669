import type { Contract } from '@agent-harbor/api-contract';
import type { Approval } from '@agent-harbor/api-contract/schemas';
import type { Handler } from '../../http/call.ts';

const answered = (body: Approval) => ({ status: 200, body }) as const;

export const answer: Handler<Contract['approvals']['answer']> = async ({ params, body, view, effect }) =>
  answered(await view.tasks.answerApproval(params.id, params.approvalId, body, effect(answered)));
