import type { Contract } from '@agent-harbor/api-contract';
import type { WebhookTest } from '@agent-harbor/api-contract/schemas';
import type { Handler } from '../../http/call.ts';

const tested = (body: WebhookTest) => ({ status: 200, body }) as const;

export const test: Handler<Contract['webhooks']['test']> = async ({ params, view, effect }) =>
  tested(await view.webhooks.testWebhook(params.id, effect(tested)));
