import type { Contract } from '@agent-harbor/api-contract';
import type { ChatMessage } from '@agent-harbor/api-contract/schemas';
import type { Handler } from '../../http/call.ts';

const sent = (body: ChatMessage) => ({ status: 201, body }) as const;

export const sendMessage: Handler<Contract['chat']['sendMessage']> = async ({ params, body, view, effect }) =>
  sent(await view.conversations.sendMessage(params.id, body, effect(sent)));
