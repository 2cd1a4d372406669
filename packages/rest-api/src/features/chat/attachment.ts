import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const attachment: Handler<Contract['chat']['attachment']> = async ({ params, view, signal }) => ({
  status: 200,
  body: await view.conversations.attachment(params.id, params.messageId, params.attachmentId, { signal }),
});
