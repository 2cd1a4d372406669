import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const searchFiles: Handler<Contract['workspace']['searchFiles']> = async ({
  params,
  query,
  view,
  signal,
}) => ({
  status: 200,
  body: await view.workspaces.searchPaths(params.id, query, { signal }),
});
