import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const list: Handler<Contract['webhooks']['list']> = async ({ query, view, signal }) => ({
  status: 200,
  body: await view.webhooks.listWebhooks(query, { signal }),
});
