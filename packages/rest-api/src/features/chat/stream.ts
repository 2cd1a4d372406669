import type { Contract } from '@agent-harbor/api-contract';
import { ChatMessage } from '@agent-harbor/api-contract/schemas';
import { fieldProblem } from '@agent-harbor/core';
import { preferred } from '../../http/accept.ts';
import type { Handler } from '../../http/call.ts';

const sent = (body: ChatMessage) => ({ status: 200, body }) as const;

export const stream: Handler<Contract['chat']['stream']> = async (call) => {
  const { params, body, headers, view, accept, signal } = call;
  const { conversations } = view;
  const after = headers['last-event-id'] || undefined;
  // The same request was made before: its message was sent, and must not be sent again.
  if (call.answered === undefined && after !== undefined) throw notBegun();
  const { stream: _, ...message } = body;
  const { id } =
    call.answered === undefined
      ? await conversations.sendMessage(params.id, message, call.effect(sent))
      : ChatMessage.parse(call.answered);
  const options = { after, signal };
  if (preferred(accept, ['text/event-stream', 'application/json']) === 'application/json') {
    return { status: 200, body: await conversations.replyPage(params.id, id, options) };
  }
  const reader = await conversations.openReply(params.id, id, options);
  if (reader.ended) return { status: 204, body: undefined };
  return { status: 200, stream: reader, format: 'reply' };
};

const notBegun = () =>
  fieldProblem(
    'Last-Event-ID',
    'goes on in a reply that was begun with the same Idempotency-Key within 24 h; leave it out to send the message',
  );
