import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const list: Handler<Contract['approvals']['list']> = async ({ query, view, signal }) => ({
  status: 200,
  body: await view.tasks.listApprovals(query, { signal }),
});
