import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const files: Handler<Contract['workspace']['files']> = async ({ params, query, view, signal }) => ({
  status: 200,
  body: await view.workspaces.browse(params.id, query, { signal }),
});
