import type { Contract } from '@agent-harbor/api-contract';
import type { ReplayedWebhook } from '@agent-harbor/api-contract/schemas';
import type { Handler } from '../../http/call.ts';

const replayed = (body: ReplayedWebhook) => ({ status: 202, body }) as const;

export const replay: Handler<Contract['webhooks']['replay']> = async ({ params, body, view, effect }) =>
  replayed(await view.webhooks.replayWebhook(params.id, body, effect(replayed)));
