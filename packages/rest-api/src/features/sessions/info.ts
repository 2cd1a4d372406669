import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const info: Handler<Contract['sessions']['info']> = async ({ params, view, signal }) => ({
  status: 200,
  body: await view.workspaces.sessionInfo(params.id, { signal }),
});
