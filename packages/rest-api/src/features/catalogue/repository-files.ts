import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const repositoryFiles: Handler<Contract['catalogue']['repositoryFiles']> = async ({
  params,
  query,
  view,
  signal,
}) => ({
  status: 200,
  body: await view.catalogue.repositoryFiles(params.id, query, { signal }),
});
