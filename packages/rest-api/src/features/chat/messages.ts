import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const messages: Handler<Contract['chat']['messages']> = async ({ params, query, view, signal }) => ({
  status: 200,
  body: await view.conversations.messages(params.id, query, { signal }),
});
