import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const deleteMessage: Handler<Contract['chat']['deleteMessage']> = async ({ params, view, signal }) => {
  await view.conversations.deleteMessage(params.id, params.messageId, { signal });
  return { status: 204, body: undefined };
};
