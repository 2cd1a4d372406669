import { policy } from '../policy.ts';
import { AttachmentContent, ChatHistory, ChatMessage, ChatQuery, SendMessage } from '../schemas/index.ts';
import { attachmentParams, idempotencyHeaders, messageParams, noQuery, sessionParams } from './parameters.ts';
import { c, problem } from './router.ts';

export const chat = c.router({
  messages: {
    method: 'GET',
    path: '/api/v1/sessions/:id/chat',
    summary: 'What was said in a session, and which tools were used, the newest stretch first',
    pathParams: sessionParams,
    query: ChatQuery,
    responses: { 200: ChatHistory },
    metadata: policy(),
  },
  sendMessage: {
    method: 'POST',
    path: '/api/v1/sessions/:id/chat/messages',
    summary: 'Say something to the agent; it hears it when its turn is over',
    pathParams: sessionParams,
    headers: idempotencyHeaders,
    query: noQuery,
    body: SendMessage,
    responses: { 201: ChatMessage, 409: problem, 410: problem, 422: problem },
    metadata: policy({ role: 'operator', idempotent: true }),
  },
  message: {
    method: 'GET',
    path: '/api/v1/sessions/:id/chat/messages/:messageId',
    summary: 'One message',
    pathParams: messageParams,
    query: noQuery,
    responses: { 200: ChatMessage },
    metadata: policy(),
  },
  attachment: {
    method: 'GET',
    path: '/api/v1/sessions/:id/chat/messages/:messageId/attachments/:attachmentId',
    summary: 'An attachment of a message, as it was sent',
    pathParams: attachmentParams,
    query: noQuery,
    responses: { 200: AttachmentContent },
    metadata: policy(),
  },
});
