import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const editMessage: Handler<Contract['chat']['editMessage']> = async ({
  params,
  body,
  view,
  signal,
}) => ({
  status: 200,
  body: await view.conversations.editMessage(params.id, params.messageId, body, { signal }),
});
