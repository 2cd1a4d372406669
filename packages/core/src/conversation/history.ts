import {
  type ChatHistory,
  type ChatMessage,
  ChatQuery,
  countedRows,
} from '@agent-harbor/api-contract/schemas';
import { parse } from '../parse.ts';
import { fieldProblem } from '../problem.ts';
import type { Scope } from '../scope.ts';
import type { SessionRecord } from '../session/record.ts';
import type { Store } from '../store/store.ts';
import type { Query } from '../task/task-manager.ts';
import { noted, stretchBytes } from './noted.ts';
import { launchMessage, messageId, noMessage, seqOf, spoken, spokenAndThought, withNote } from './project.ts';
import { readThread } from './thread-history.ts';

/** One message of a session. */
export const readMessage = async (
  store: Store,
  scope: Scope,
  session: SessionRecord,
  id: string,
): Promise<ChatMessage> => {
  const seq = seqOf(id);
  if (seq === undefined) throw noMessage(id);
  const place = { scope, sessionId: session.id, types: spokenAndThought, after: seq - 1, before: seq + 1 };
  if (seq === 0) return firstMessage(store, scope, session);
  const events = await store.events({ ...place, order: 'asc', limit: 1, maxBytes: stretchBytes });
  const [message] = await noted(store, scope, session.id, events);
  if (message === undefined) throw noMessage(id);
  return message;
};

/** A stretch of what was said: in all, or in a thread. */
export const readHistory = async (
  store: Store,
  scope: Scope,
  session: SessionRecord,
  wish: Query<ChatQuery>,
): Promise<ChatHistory> => {
  const { limit, thoughts, thread_id, ...bounds } = parse(ChatQuery, wish);
  const before = place('before', bounds.before);
  const after = place('after', bounds.after);
  const types = thoughts === 'true' ? spokenAndThought : spoken;
  if (thread_id !== undefined)
    return readThread(store, scope, session, thread_id, { limit, before, after, types });
  const selection = { scope, sessionId: session.id, types };
  const isForward = after !== undefined && before === undefined;
  const order = isForward ? 'asc' : 'desc';
  const read = (from: number | undefined, to: number | undefined, count: number) =>
    store.events({ ...selection, after: from, before: to, order, limit: count, maxBytes: stretchBytes });

  const rows = before === 0 ? [] : await read(after, before, limit);
  const last = rows.at(-1)?.seq;
  const further =
    last === undefined ? [] : isForward ? await read(last, before, 1) : await read(after, last, 1);
  const counted = await store.countEvents(selection);
  const ascending = isForward ? rows : rows.toReversed();
  const messages = await noted(store, scope, session.id, ascending);
  // The prompt of the task is before the first event.
  const isStart = !isForward && after === undefined && before !== 0 && further.length === 0;
  if (isStart && rows.length < limit) messages.unshift(await firstMessage(store, scope, session));
  const hasOlder = isForward || after !== undefined ? messages.length > 0 : messages[0]?.id !== messageId(0);
  const hasNewer = isForward ? further.length > 0 : before !== undefined;
  return {
    messages,
    total: counted >= countedRows ? null : counted + 1,
    before: (hasOlder ? messages[0]?.id : undefined) ?? null,
    after: (hasNewer ? messages.at(-1)?.id : undefined) ?? null,
  };
};

/** The prompt of the task, with what was done to it. */
const firstMessage = async (store: Store, scope: Scope, session: SessionRecord): Promise<ChatMessage> => {
  const [row] = await store.conversation(scope, session.id, 'message', { through: 0 });
  return withNote(launchMessage(session), row?.value);
};

const place = (name: string, id: string | undefined): number | undefined => {
  if (id === undefined) return undefined;
  const seq = seqOf(id);
  if (seq === undefined) throw fieldProblem(name, 'is not the id of a message');
  return seq;
};
