import { policy } from '../policy.ts';
import {
  AnswerApproval,
  Approval,
  ApprovalPage,
  ApprovalQuery,
  SessionApprovalQuery,
} from '../schemas/index.ts';
import { approvalParams, idempotencyHeaders, noQuery, sessionParams } from './parameters.ts';
import { c, problem } from './router.ts';

export const approvals = c.router({
  list: {
    method: 'GET',
    path: '/api/v1/approvals',
    summary: 'What agents ask leave for, in every session, the newest first',
    query: ApprovalQuery,
    responses: { 200: ApprovalPage },
    metadata: policy(),
  },
  ofSession: {
    method: 'GET',
    path: '/api/v1/sessions/:id/approvals',
    summary: 'What the agent of a session asks leave for, the newest first',
    pathParams: sessionParams,
    query: SessionApprovalQuery,
    responses: { 200: ApprovalPage },
    metadata: policy(),
  },
  answer: {
    method: 'POST',
    path: '/api/v1/sessions/:id/approvals/:approvalId',
    summary: 'Answer a permission request; the first answer counts',
    pathParams: approvalParams,
    headers: idempotencyHeaders,
    query: noQuery,
    body: AnswerApproval,
    responses: { 200: Approval, 409: problem, 410: problem, 422: problem },
    metadata: policy({ role: 'operator', idempotent: true }),
  },
});
