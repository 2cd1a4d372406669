import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const patch: Handler<Contract['files']['patch']> = async ({ params, query, view, signal }) => ({
  status: 200,
  bytes: await view.workspaces.patch(params.id, query, { signal }),
  filename: `${params.id.replace(/[^\w-]/g, '_')}.patch`,
});
