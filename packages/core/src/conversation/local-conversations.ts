import { ChatMessage } from '@agent-harbor/api-contract/schemas';
import type { LocalConversations } from '../harbor.ts';
import type { Idempotency } from '../idempotency.ts';
import { parse } from '../parse.ts';
import { Problem, throwIfAborted } from '../problem.ts';
import type { Scope } from '../scope.ts';
import type { SessionRecord } from '../session/record.ts';
import type { Sessions } from '../session/sessions.ts';
import type { StoredSession } from '../store/store.ts';
import { createOnce } from '../task/once.ts';
import { readHistory, readMessage } from './history.ts';
import { seqOf } from './project.ts';
import { type SendParts, send } from './send.ts';

export interface ConversationsParts extends SendParts {
  readonly sessions: Sessions;
  readonly idempotency: Idempotency;
}

export const createConversations = (parts: ConversationsParts, scope: Scope): LocalConversations => {
  const { store, sessions } = parts;
  const once = createOnce(parts.idempotency, scope);
  const stored = async (sessionId: string, signal: AbortSignal | undefined): Promise<StoredSession> => {
    throwIfAborted(signal);
    return sessions.get(sessionId, scope);
  };
  const known = async (sessionId: string, signal: AbortSignal | undefined): Promise<SessionRecord> =>
    (await stored(sessionId, signal)).record;

  return {
    async messages(sessionId, query = {}, options) {
      return readHistory(store, scope, await known(sessionId, options?.signal), query);
    },

    async message(sessionId, messageId, options) {
      return readMessage(store, scope, await known(sessionId, options?.signal), messageId);
    },

    async attachment(sessionId, messageId, attachmentId, options) {
      const { id } = await known(sessionId, options?.signal);
      const seq = seqOf(messageId) ?? -1;
      const rows = await store.conversation(scope, id, 'attachment', { from: seq, through: seq });
      const row = rows.find((one) => one.id === attachmentId);
      if (row !== undefined) return row.value;
      throw new Problem('attachment-not-found', {
        detail: `Message ${messageId} has no attachment ${attachmentId}.`,
      });
    },

    sendMessage: async (sessionId, message, options = {}) =>
      once(
        'chat.sendMessage',
        [sessionId, message],
        options,
        async (calling) => send(parts, scope, await stored(sessionId, calling.signal), message, calling),
        (answer) => parse(ChatMessage, answer),
      ),
  };
};
