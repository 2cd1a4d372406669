import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const fileDiff: Handler<Contract['files']['fileDiff']> = async ({ params, query, view, signal }) => ({
  status: 200,
  body: await view.workspaces.fileDiff(params.id, params.path, query, { signal }),
});
