import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const remove: Handler<Contract['webhooks']['delete']> = async ({ params, view, signal }) => {
  await view.webhooks.deleteWebhook(params.id, { signal });
  return { status: 204, body: undefined };
};
