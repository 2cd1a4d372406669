import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const ofSession: Handler<Contract['approvals']['ofSession']> = async ({
  params,
  query,
  view,
  signal,
}) => ({
  status: 200,
  body: await view.tasks.listApprovals({ ...query, sessionId: params.id }, { signal }),
});
