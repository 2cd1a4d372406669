import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const search: Handler<Contract['files']['search']> = async ({ params, query, view, signal }) => ({
  status: 200,
  body: await view.workspaces.searchContent(params.id, query, { signal }),
});
