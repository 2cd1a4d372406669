import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const update: Handler<Contract['webhooks']['update']> = async ({ params, body, view, signal }) => ({
  status: 200,
  body: await view.webhooks.updateWebhook(params.id, body, { signal }),
});
