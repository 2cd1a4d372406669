import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const removeRepository: Handler<Contract['catalogue']['removeRepository']> = async ({
  params,
  view,
  signal,
}) => {
  await view.catalogue.removeRepository(params.id, { signal });
  return { status: 204, body: undefined };
};
