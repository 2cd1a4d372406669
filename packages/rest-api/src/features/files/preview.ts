import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const preview: Handler<Contract['files']['preview']> = async ({ params, query, view, signal }) => ({
  status: 200,
  body: await view.workspaces.filePreview(params.id, params.path, query, { signal }),
});
