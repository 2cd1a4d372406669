import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const get: Handler<Contract['webhooks']['get']> = async ({ params, view, signal }) => ({
  status: 200,
  body: await view.webhooks.getWebhook(params.id, { signal }),
});
