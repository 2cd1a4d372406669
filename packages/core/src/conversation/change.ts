import { type ChatMessage, EditMessage } from '@agent-harbor/api-contract/schemas';
import { parse } from '../parse.ts';
import { fieldProblem } from '../problem.ts';
import type { Scope } from '../scope.ts';
import type { SessionRecord } from '../session/record.ts';
import type { Store } from '../store/store.ts';
import { readMessage } from './history.ts';
import { messageId, noMessage, seqOf } from './project.ts';
import type { MessageNote } from './row.ts';

/** What is changed is the history alone: what the agent knows stays. */
export const unchanged = { agent_memory: 'unchanged' } as const;

/** A message that is there and was not deleted. */
export const livingMessage = async (
  store: Store,
  scope: Scope,
  session: SessionRecord,
  id: string,
): Promise<ChatMessage> => {
  const message = await readMessage(store, scope, session, id);
  if (message.deleted_at !== undefined) throw noMessage(id);
  return message;
};

/** Gives a message other words. */
export const edit = async (
  store: Store,
  scope: Scope,
  session: SessionRecord,
  id: string,
  wish: EditMessage,
  now: string,
): Promise<ChatMessage> => {
  const { content } = parse(EditMessage, wish);
  const message = await livingMessage(store, scope, session, id);
  if (message.role !== 'user')
    throw fieldProblem('messageId', 'is not what a user said: only that is edited');
  await note(store, session.id, id, { ...noteOf(message), content, edited_at: now, ...unchanged });
  return readMessage(store, scope, session, id);
};

/** Takes a message out, with what was attached to it. One that is out stays so. */
export const remove = async (
  store: Store,
  scope: Scope,
  session: SessionRecord,
  id: string,
  now: string,
): Promise<void> => {
  const message = await readMessage(store, scope, session, id);
  if (message.deleted_at !== undefined) return;
  const { thread_id } = message;
  // Its thread is told on, since the answers to it stay there.
  const gone: MessageNote = { content: '', attachments: [], thread_id, deleted_at: now, ...unchanged };
  const seq = seqOf(id) ?? 0;
  await store.commit(
    [
      { kind: 'conversation-deleted', sessionId: session.id, part: 'attachment', seq },
      {
        kind: 'conversation-saved',
        sessionId: session.id,
        row: { part: 'message', seq, id: '', value: gone },
      },
    ],
    { isUrgent: true },
  );
};

/** The user's message that a message is, or answers. */
export const questionOf = async (
  store: Store,
  scope: Scope,
  session: SessionRecord,
  id: string,
): Promise<ChatMessage> => {
  const message = await livingMessage(store, scope, session, id);
  if (message.role === 'user') return message;
  const [asked] = await store.events({
    scope,
    sessionId: session.id,
    types: ['user_input'],
    before: seqOf(id) ?? 0,
    order: 'desc',
    limit: 1,
    maxBytes: 1,
  });
  return livingMessage(store, scope, session, messageId(asked?.seq ?? 0));
};

const note = async (store: Store, sessionId: string, id: string, value: MessageNote): Promise<void> => {
  const row = { part: 'message', seq: seqOf(id) ?? 0, id: '', value } as const;
  await store.commit([{ kind: 'conversation-saved', sessionId, row }]);
};

/** What is kept of a message beside its event. */
export const noteOf = ({ id: _, role: __, timestamp: ___, ...rest }: ChatMessage): MessageNote => rest;
