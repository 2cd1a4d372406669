import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const get: Handler<Contract['delivery']['get']> = async ({ params, view, signal }) => ({
  status: 200,
  body: await view.deliveries.delivery(params.id, { signal }),
});
