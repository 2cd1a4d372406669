import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const info: Handler<Contract['workspace']['info']> = async ({ params, view, signal }) => ({
  status: 200,
  body: await view.workspaces.workspaceInfo(params.id, { signal }),
});
