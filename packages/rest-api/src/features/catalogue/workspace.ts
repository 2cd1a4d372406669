import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const workspace: Handler<Contract['catalogue']['workspace']> = async ({ params, view, signal }) => ({
  status: 200,
  body: await view.catalogue.workspace(params.workspaceId, { signal }),
});
