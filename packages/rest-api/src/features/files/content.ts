import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const content: Handler<Contract['files']['content']> = async ({ params, view, signal }) => ({
  status: 200,
  body: await view.workspaces.fileContent(params.id, params.path, { signal }),
});
