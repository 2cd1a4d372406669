import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const gitRefs: Handler<Contract['catalogue']['gitRefs']> = async ({ query, view, signal }) => ({
  status: 200,
  body: await view.catalogue.gitRefs(query, { signal }),
});
