import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const list: Handler<Contract['files']['list']> = async ({ params, query, view, signal }) => ({
  status: 200,
  body: await view.workspaces.changedFiles(params.id, query, { signal }),
});
