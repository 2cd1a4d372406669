import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const repository: Handler<Contract['catalogue']['repository']> = async ({ params, view, signal }) => ({
  status: 200,
  body: await view.catalogue.repository(params.id, { signal }),
});
