import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const workspaces: Handler<Contract['catalogue']['workspaces']> = async ({ query, view, signal }) => ({
  status: 200,
  body: await view.catalogue.workspaces(query, { signal }),
});
