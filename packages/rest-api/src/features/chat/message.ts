import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const message: Handler<Contract['chat']['message']> = async ({ params, view, signal }) => ({
  status: 200,
  body: await view.conversations.message(params.id, params.messageId, { signal }),
});
