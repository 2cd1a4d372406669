import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const deleteAttachment: Handler<Contract['chat']['deleteAttachment']> = async ({
  params,
  view,
  signal,
}) => {
  const { id, messageId, attachmentId } = params;
  await view.conversations.deleteAttachment(id, messageId, attachmentId, { signal });
  return { status: 204, body: undefined };
};
