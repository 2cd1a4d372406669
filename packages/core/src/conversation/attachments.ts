import {
  AddAttachments,
  type ChatMessage,
  type MessageAttachments,
  messageAttachmentBytes,
} from '@agent-harbor/api-contract/schemas';
import { timestamp } from '../clock.ts';
import { parse } from '../parse.ts';
import { fieldProblem, Problem } from '../problem.ts';
import type { Scope } from '../scope.ts';
import type { SessionRecord } from '../session/record.ts';
import type { Change } from '../store/store.ts';
import type { Calling } from '../task/once.ts';
import { attach, tooLarge } from './attach.ts';
import { livingMessage, noteOf, unchanged } from './change.ts';
import { seqOf } from './project.ts';
import { checkRoom, fileUri, type SendParts, summaryOf } from './send.ts';

/** How many attachments one message has at most. */
const messageAttachments = 16;

/** Attaches to a message of a user that is in the log, in the history alone. What is there already stays. */
export const addAttachments = async (
  {
    store,
    clock,
    workspaces,
    openCounter,
  }: Pick<SendParts, 'store' | 'clock' | 'workspaces' | 'openCounter'>,
  scope: Scope,
  session: SessionRecord,
  id: string,
  wish: AddAttachments,
  calling: Calling<MessageAttachments>,
): Promise<MessageAttachments> => {
  const { attachments } = parse(AddAttachments, wish);
  const message = await livingMessage(store, scope, session, id);
  if (message.role !== 'user')
    throw fieldProblem('messageId', 'is not what a user said: only to that is attached');
  const added = await attach(
    attachments,
    timestamp(clock.now()),
    (path) => workspaces.fileContent(session.id, path, { signal: calling.signal }),
    (path) => fileUri(session.workspace.mountPath, path),
    openCounter,
  );
  const known = new Set(message.attachments.map((one) => one.id));
  const fresh = added.filter(({ kept }, index) => {
    const isFirst = added.findIndex((other) => other.kept.id === kept.id) === index;
    return isFirst && !known.has(kept.id);
  });
  const all = [...message.attachments, ...fresh.map(summaryOf)];
  if (all.length > messageAttachments)
    throw new Problem('payload-too-large', {
      detail: `The message would have ${all.length} attachments; it can have at most ${messageAttachments}.`,
    });
  const bytes = all.reduce((sum, { size_bytes }) => sum + size_bytes, 0);
  if (bytes > messageAttachmentBytes)
    throw tooLarge('All attachments of the message', bytes, messageAttachmentBytes);
  await checkRoom(store, scope, session.id, fresh);
  const result = { id, attachments: all, ...unchanged };
  const seq = seqOf(id) ?? 0;
  await store.commit([
    noteSaved(session.id, seq, { ...message, attachments: all }),
    ...fresh.map(
      ({ kept }): Change => ({
        kind: 'conversation-saved',
        sessionId: session.id,
        row: { part: 'attachment', seq, id: kept.id, value: kept },
      }),
    ),
    ...calling.alongside(result),
  ]);
  return result;
};

/** Takes an attachment off a message, and out of the store. */
export const removeAttachment = async (
  { store }: Pick<SendParts, 'store'>,
  scope: Scope,
  session: SessionRecord,
  messageId: string,
  attachmentId: string,
): Promise<void> => {
  const message = await livingMessage(store, scope, session, messageId);
  const seq = seqOf(messageId) ?? 0;
  const rows = await store.conversation(scope, session.id, 'attachment', { from: seq, through: seq });
  const rest = rows.filter(({ id }) => id !== attachmentId);
  if (rest.length === rows.length) throw noAttachment(messageId, attachmentId);
  const attachments = message.attachments.filter(({ id }) => id !== attachmentId);
  await store.commit(
    [
      { kind: 'conversation-deleted', sessionId: session.id, part: 'attachment', seq },
      ...rest.map((row): Change => ({ kind: 'conversation-saved', sessionId: session.id, row })),
      noteSaved(session.id, seq, { ...message, attachments }),
    ],
    { isUrgent: true },
  );
};

export const noAttachment = (messageId: string, attachmentId: string): Problem =>
  new Problem('attachment-not-found', {
    detail: `Message ${messageId} has no attachment ${attachmentId}.`,
  });

const noteSaved = (sessionId: string, seq: number, message: ChatMessage): Change => ({
  kind: 'conversation-saved',
  sessionId,
  row: { part: 'message', seq, id: '', value: { ...noteOf(message), ...unchanged } },
});
