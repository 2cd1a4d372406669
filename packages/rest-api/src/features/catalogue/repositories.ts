import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const repositories: Handler<Contract['catalogue']['repositories']> = async ({
  query,
  view,
  signal,
}) => ({
  status: 200,
  body: await view.catalogue.repositories(query, { signal }),
});
