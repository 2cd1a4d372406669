import type { Contract } from '@agent-harbor/api-contract';
import type { MessageAttachments } from '@agent-harbor/api-contract/schemas';
import type { Handler } from '../../http/call.ts';

const attached = (body: MessageAttachments) => ({ status: 201, body }) as const;

export const addAttachments: Handler<Contract['chat']['addAttachments']> = async ({
  params,
  body,
  view,
  effect,
}) => attached(await view.conversations.addAttachments(params.id, params.messageId, body, effect(attached)));
