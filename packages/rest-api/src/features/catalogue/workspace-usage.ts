import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const workspaceUsage: Handler<Contract['catalogue']['workspaceUsage']> = async ({
  params,
  query,
  view,
  signal,
}) => ({
  status: 200,
  body: await view.catalogue.workspaceUsage(params.workspaceId, query, { signal }),
});
