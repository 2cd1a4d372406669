import {
  type AttachmentContent,
  type AttachmentInput,
  ChatMessage,
  CreatedThread,
  CreateThread,
  MessageAttachments,
  SessionContext,
  UpdateContext,
} from '@agent-harbor/api-contract/schemas';
import { timestamp } from '../clock.ts';
import type { EventLog, LocalConversations } from '../harbor.ts';
import type { Idempotency } from '../idempotency.ts';
import { parse } from '../parse.ts';
import { fieldProblem, Problem, throwIfAborted } from '../problem.ts';
import type { Scope } from '../scope.ts';
import type { Serial } from '../serial.ts';
import type { SessionRecord } from '../session/record.ts';
import type { Sessions } from '../session/sessions.ts';
import type { StoredSession } from '../store/store.ts';
import { createOnce } from '../task/once.ts';
import type { ReadFile } from './attach.ts';
import { addAttachments, noAttachment, removeAttachment } from './attachments.ts';
import { edit, questionOf, remove } from './change.ts';
import { modelToUse, readContext, readModels, readWish, wishAfter } from './context.ts';
import { readHistory, readMessage } from './history.ts';
import { noMessage, seqOf } from './project.ts';
import { frameIn, openReply, replyPage } from './reply.ts';
import { scan } from './scan.ts';
import { type SendParts, send } from './send.ts';
import { suggest, tellingTypes } from './suggest.ts';
import { countedTypes, summarize } from './summarize.ts';
import { checkThread } from './thread-history.ts';
import { checkThreadRoom, createdThread, readThreads, threadRow } from './threads.ts';

export interface ConversationsParts extends SendParts {
  readonly sessions: Sessions;
  readonly idempotency: Idempotency;
  readonly events: EventLog;
  /** Changes of one conversation happen one after another. */
  readonly serial: Serial;
}

export const createConversations = (parts: ConversationsParts, scope: Scope): LocalConversations => {
  const { store, sessions, serial, workspaces } = parts;
  const once = createOnce(parts.idempotency, scope);
  const stored = async (sessionId: string, signal: AbortSignal | undefined): Promise<StoredSession> => {
    throwIfAborted(signal);
    return sessions.get(sessionId, scope);
  };
  const known = async (sessionId: string, signal: AbortSignal | undefined): Promise<SessionRecord> =>
    (await stored(sessionId, signal)).record;
  const reader =
    (sessionId: string, signal: AbortSignal | undefined): ReadFile =>
    (path) =>
      workspaces.fileContent(sessionId, path, { signal });
  const context: LocalConversations['context'] = async (sessionId, options) => {
    const session = await known(sessionId, options?.signal);
    return readContext(store, scope, session, reader(sessionId, options?.signal), parts.openCounter);
  };
  /** What was attached to a message, to be attached again. */
  const attachedTo = async (sessionId: string, messageId: string): Promise<AttachmentInput[]> => {
    const seq = seqOf(messageId) ?? -1;
    const rows = await store.conversation(scope, sessionId, 'attachment', { from: seq, through: seq });
    return rows.map(({ value }) => inputOf(value));
  };

  const replyTo: LocalConversations['openReply'] = async (sessionId, message, { after, signal } = {}) => {
    const { id } = await known(sessionId, signal);
    const seq = seqOf(message) ?? 0;
    // The prompt of a task is no message that is answered alone.
    if (seq === 0) throw noMessage(message);
    return openReply(parts, scope, { sessionId: id, seq, after, signal });
  };

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
      throw noAttachment(messageId, attachmentId);
    },

    addAttachments: async (sessionId, messageId, wish, options = {}) =>
      once(
        'chat.addAttachments',
        [sessionId, messageId, wish],
        options,
        (calling) =>
          serial.run(`chat ${sessionId}`, async () =>
            addAttachments(parts, scope, await known(sessionId, calling.signal), messageId, wish, calling),
          ),
        (answer) => parse(MessageAttachments, answer),
      ),

    deleteAttachment: (sessionId, messageId, attachmentId, options) =>
      serial.run(`chat ${sessionId}`, async () => {
        const session = await known(sessionId, options?.signal);
        await removeAttachment(parts, scope, session, messageId, attachmentId);
      }),

    sendMessage: async (sessionId, message, options = {}) =>
      once(
        'chat.sendMessage',
        [sessionId, message],
        options,
        async (calling) => {
          const session = await stored(sessionId, calling.signal);
          await checkThread(store, scope, sessionId, message.thread_id);
          return send(parts, scope, session, message, calling);
        },
        (answer) => parse(ChatMessage, answer),
      ),

    async *streamMessage(sessionId, message, options = {}) {
      const { after, idempotencyKey, signal } = options;
      if (after !== undefined && idempotencyKey === undefined)
        throw fieldProblem('idempotencyKey', 'must be the one the message was sent with');
      const sent = await once<ChatMessage>(
        'chat.stream',
        [sessionId, message],
        { idempotencyKey, signal },
        async (calling) => {
          if (after !== undefined) throw notBegun('after');
          const session = await stored(sessionId, calling.signal);
          await checkThread(store, scope, sessionId, message.thread_id);
          return send(parts, scope, session, message, calling);
        },
        (answer) => parse(ChatMessage, answer),
      );
      const reader = await replyTo(sessionId, sent.id, { after, signal });
      for (;;) {
        const batch = await reader.next(replyBatchBytes);
        if (batch === undefined || signal?.aborted === true) return;
        if (batch.resync !== undefined) yield { id: batch.cursor, frame: batch.resync };
        for (const event of batch.events) yield { id: reader.idOf(event), frame: frameIn(event.json) };
      }
    },

    openReply: replyTo,

    replyPage: async (sessionId, message, options) => replyPage(await replyTo(sessionId, message, options)),

    editMessage: (sessionId, messageId, wish, options) =>
      serial.run(`chat ${sessionId}`, async () => {
        const session = await known(sessionId, options?.signal);
        return edit(store, scope, session, messageId, wish, timestamp(parts.clock.now()));
      }),

    deleteMessage: (sessionId, messageId, options) =>
      serial.run(`chat ${sessionId}`, async () => {
        const session = await known(sessionId, options?.signal);
        await remove(store, scope, session, messageId, timestamp(parts.clock.now()));
      }),

    retryMessage: async (sessionId, messageId, options = {}) =>
      once(
        'chat.retryMessage',
        [sessionId, messageId],
        options,
        async (calling) => {
          const session = await stored(sessionId, calling.signal);
          const message = await questionOf(store, scope, session.record, messageId);
          const { id, content, context_files, tools_enabled, thread_id } = message;
          const attachments = await attachedTo(sessionId, id);
          const again = { content, context_files, tools_enabled, thread_id, attachments, retry_of: id };
          return send(parts, scope, session, again, calling);
        },
        (answer) => parse(ChatMessage, answer),
      ),

    async threads(sessionId, options) {
      return readThreads(store, scope, await known(sessionId, options?.signal));
    },

    createThread: async (sessionId, wish, options = {}) =>
      once(
        'chat.createThread',
        [sessionId, wish],
        options,
        async (calling) => {
          const { title, initial_message } = parse(CreateThread, wish);
          const session = await stored(sessionId, calling.signal);
          return serial.run(`threads ${sessionId}`, async () => {
            await checkThreadRoom(store, scope, sessionId);
            const id = `thread-${parts.ids.next('thread', sessionId)}`;
            const made = (message?: ChatMessage) =>
              createdThread(id, title, timestamp(parts.clock.now()), message);
            const rows = (thread: CreatedThread) => [
              threadRow(sessionId, thread),
              ...calling.alongside(thread),
            ];
            if (initial_message === undefined) {
              const thread = made();
              await store.commit(rows(thread));
              return thread;
            }
            const { signal, by, commandId } = calling;
            const within = { ...initial_message, thread_id: id };
            let thread = made();
            await send(parts, scope, session, within, {
              signal,
              by,
              commandId,
              alongside(message) {
                thread = made(message);
                return rows(thread);
              },
            });
            return thread;
          });
        },
        (answer) => parse(CreatedThread, answer),
      ),

    async suggestions(sessionId, options) {
      const session = await known(sessionId, options?.signal);
      const { events } = await scan(store, scope, sessionId, tellingTypes);
      return suggest(session, events, reader(sessionId, options?.signal));
    },

    context,

    updateContext: (sessionId, wish, options) =>
      serial.run(`chat ${sessionId}`, async () => {
        const { signal, ifUnchanged } = options ?? {};
        const next = parse(UpdateContext, wish);
        const { model_override } = next;
        const session = await known(sessionId, signal);
        await modelToUse(store, scope, session, model_override);
        if (
          ifUnchanged !== undefined &&
          JSON.stringify(await context(sessionId, { signal })) !==
            JSON.stringify(parse(SessionContext, ifUnchanged, 'ifUnchanged'))
        ) {
          throw new Problem('precondition-failed', { detail: 'The context changed since it was read.' });
        }
        for (const [index, path] of (next.add_files ?? []).entries())
          await reader(
            sessionId,
            signal,
          )(path).catch((error: unknown) => {
            if (!(error instanceof Problem) || error.code !== 'file-not-found') throw error;
            throw fieldProblem(`add_files.${index}`, 'is no file of the workspace');
          });
        const value = parse(UpdateContext, wishAfter(await readWish(store, scope, sessionId), next));
        const row = { part: 'context', seq: 0, id: '', value } as const;
        await store.commit([{ kind: 'conversation-saved', sessionId, row }]);
        return context(sessionId, { signal });
      }),

    async models(sessionId, options) {
      return { models: await readModels(store, scope, await known(sessionId, options?.signal)) };
    },

    async summarize(sessionId, options) {
      const session = await known(sessionId, options?.signal);
      return summarize(session, await scan(store, scope, sessionId, countedTypes));
    },
  };
};

/** How much of a reply is read at once, bytes. */
const replyBatchBytes = 128 * 1024;

/** Whoever wants to go on must not send the message anew by mistake. */
const notBegun = (field: string): Problem =>
  fieldProblem(
    field,
    'goes on in a reply that was begun with the same key; leave it out to send the message',
  );

const inputOf = (kept: AttachmentContent): AttachmentInput =>
  kept.type === 'image'
    ? {
        type: 'image',
        data_url: `data:${kept.mime_type};base64,${kept.content}`,
        filename: kept.filename,
      }
    : { type: 'file', file_path: kept.file_path ?? '', content: kept.content };
