import type { Contract } from '@agent-harbor/api-contract';
import type { WebhookWithSecret } from '@agent-harbor/api-contract/schemas';
import type { Handler } from '../../http/call.ts';

const created = (webhook: WebhookWithSecret) =>
  ({ status: 201, body: webhook, headers: { location: `/api/v1/webhooks/${webhook.id}` } }) as const;

export const create: Handler<Contract['webhooks']['create']> = async ({ body, view, effect }) =>
  created(await view.webhooks.createWebhook(body, effect(created)));
