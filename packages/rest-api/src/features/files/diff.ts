import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const diff: Handler<Contract['files']['diff']> = async ({ params, query, view, signal }) => ({
  status: 200,
  body: await view.workspaces.diff(params.id, query, { signal }),
});
