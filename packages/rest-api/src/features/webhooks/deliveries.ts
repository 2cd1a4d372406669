import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const deliveries: Handler<Contract['webhooks']['deliveries']> = async ({
  params,
  query,
  view,
  signal,
}) => ({ status: 200, body: await view.webhooks.webhookDeliveries(params.id, query, { signal }) });
