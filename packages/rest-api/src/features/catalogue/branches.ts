import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const branches: Handler<Contract['catalogue']['branches']> = async ({
  params,
  query,
  view,
  signal,
}) => ({
  status: 200,
  body: await view.catalogue.branches(params.id, query, { signal }),
});
