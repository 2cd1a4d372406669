import {
  type ChatMessage,
  type ChatThread,
  type CreatedThread,
  sessionThreads,
  type ThreadList,
} from '@agent-harbor/api-contract/schemas';
import { Problem } from '../problem.ts';
import type { Scope } from '../scope.ts';
import { isTerminal } from '../session/lifecycle.ts';
import type { SessionRecord } from '../session/record.ts';
import type { Store } from '../store/store.ts';
import { noted } from './noted.ts';
import { spoken } from './project.ts';
import { bounded, countedSections, countIn, sectionAt } from './thread-history.ts';

/** Rejects a thread more than a session may have. */
export const checkThreadRoom = async (store: Store, scope: Scope, sessionId: string): Promise<void> => {
  const { length } = await store.conversation(scope, sessionId, 'thread');
  if (length < sessionThreads) return;
  throw new Problem('payload-too-large', {
    detail: `The session has ${length} threads; it can have no more.`,
  });
};

/** The threads of a session, the one with the latest message first. */
export const readThreads = async (
  store: Store,
  scope: Scope,
  session: SessionRecord,
): Promise<ThreadList> => {
  const made = await store.conversation(scope, session.id, 'thread');
  const notes = await store.conversation(scope, session.id, 'message');
  const inThreads = notes.filter(({ value }) => value.thread_id !== undefined);
  const threads: ChatThread[] = [];
  for (const { id, value } of made) {
    const starts = inThreads.flatMap(({ seq, value: { thread_id } }) => (thread_id === id ? seq : []));
    threads.push(await threadOf(store, scope, session, value, starts, inThreads.length <= countedSections));
  }
  return {
    threads: threads.toSorted((left, right) => right.last_activity.localeCompare(left.last_activity)),
    total: threads.length,
  };
};

const threadOf = async (
  store: Store,
  scope: Scope,
  session: SessionRecord,
  { id, title, created_at }: CreatedThread,
  starts: readonly number[],
  isCounted: boolean,
): Promise<ChatThread> => {
  const last = starts.at(-1);
  const newest = last === undefined ? undefined : await newestIn(store, scope, session, last);
  const count = isCounted ? await countIn(store, scope, session.id, starts, spoken) : null;
  const hasAnswer = count === null || count > starts.length;
  return {
    id,
    title,
    created_at,
    message_count: count,
    last_activity: newest?.timestamp ?? created_at,
    participants: [
      ...(starts.length > 0 ? (['user'] as const) : []),
      ...(starts.length > 0 && hasAnswer ? (['assistant'] as const) : []),
    ],
    status: isTerminal(session.status) ? 'ended' : 'active',
    agent_memory: 'shared',
  };
};

const newestIn = async (
  store: Store,
  scope: Scope,
  { id: sessionId }: SessionRecord,
  start: number,
): Promise<ChatMessage | undefined> => {
  const { before } = await sectionAt(store, scope, sessionId, start);
  const place = { scope, sessionId, types: spoken, after: start - 1, ...bounded(before) };
  const rows = await store.events({ ...place, order: 'desc', limit: 1, maxBytes: 1 });
  return (await noted(store, scope, sessionId, rows))[0];
};

/** What a thread is kept as. */
export const threadRow = (sessionId: string, thread: CreatedThread) => {
  const row = { part: 'thread', seq: 0, id: thread.id, value: thread } as const;
  return { kind: 'conversation-saved', sessionId, row } as const;
};

/** A thread as it is made, with the message that was said in it first. */
export const createdThread = (
  id: string,
  title: string,
  created_at: string,
  message: ChatMessage | undefined,
): CreatedThread => ({
  id,
  title,
  created_at,
  ...(message === undefined ? {} : { initial_message_id: message.id }),
  agent_memory: 'shared',
});
