import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const projects: Handler<Contract['catalogue']['projects']> = async ({ query, view, signal }) => ({
  status: 200,
  body: await view.catalogue.projects(query, { signal }),
});
