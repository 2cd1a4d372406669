import type { Contract } from '@agent-harbor/api-contract';
import type { WebhookWithSecret } from '@agent-harbor/api-contract/schemas';
import type { Handler } from '../../http/call.ts';

const rotated = (body: WebhookWithSecret) => ({ status: 200, body }) as const;

export const rotate: Handler<Contract['webhooks']['rotate']> = async ({ params, body, view, effect }) =>
  rotated(await view.webhooks.rotateWebhookSecret(params.id, body, effect(rotated)));
