import type { Contract } from '@agent-harbor/api-contract';
import type { ChatMessage } from '@agent-harbor/api-contract/schemas';
import type { Handler } from '../../http/call.ts';

const said = (body: ChatMessage) => ({ status: 200, body }) as const;

export const retryMessage: Handler<Contract['chat']['retryMessage']> = async ({ params, view, effect }) =>
  said(await view.conversations.retryMessage(params.id, params.messageId, effect(said)));
