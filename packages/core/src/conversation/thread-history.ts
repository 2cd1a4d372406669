import { type ChatHistory, countedRows, type EventType } from '@agent-harbor/api-contract/schemas';
import { fieldProblem } from '../problem.ts';
import type { Scope } from '../scope.ts';
import type { SessionRecord } from '../session/record.ts';
import type { Store, StoredEvent } from '../store/store.ts';
import { noted, stretchBytes } from './noted.ts';

/** The messages of so many users' messages in threads are counted. */
export const countedSections = 200;

/** Which messages of a thread are asked for, by the numbers of their events. */
export interface ThreadStretch {
  readonly limit: number;
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly types: readonly EventType[];
}

/** What a user said in a thread and the answers to it: the events from one number up to another, which is not in it. */
interface Section {
  readonly from: number;
  readonly before: number | undefined;
}

/** Rejects, by the name of the field, a thread the session does not have. */
export const checkThread = async (
  store: Store,
  scope: Scope,
  sessionId: string,
  id: string | undefined,
): Promise<void> => {
  if (id === undefined) return;
  const rows = await store.conversation(scope, sessionId, 'thread');
  if (!rows.some((row) => row.id === id))
    throw fieldProblem('thread_id', 'is no thread of this session; GET …/chat/threads lists them');
};

/** A stretch of what was said in a thread. */
export const readThread = async (
  store: Store,
  scope: Scope,
  { id: sessionId }: SessionRecord,
  threadId: string,
  { limit, before, after, types }: ThreadStretch,
): Promise<ChatHistory> => {
  await checkThread(store, scope, sessionId, threadId);
  const notes = await store.conversation(scope, sessionId, 'message');
  const starts = notes.flatMap(({ seq, value }) => (value.thread_id === threadId ? seq : []));
  const isForward = after !== undefined && before === undefined;
  const order = isForward ? 'asc' : 'desc';
  const within = starts.filter((start, index) => {
    const next = starts[index + 1] ?? Number.POSITIVE_INFINITY;
    return start < (before ?? Number.POSITIVE_INFINITY) && next > (after ?? 0);
  });
  const found: StoredEvent[] = [];
  let bytes = 0;
  for (const start of isForward ? within : within.toReversed()) {
    let { from, before: end } = await sectionAt(store, scope, sessionId, start);
    from = Math.max(from - 1, after ?? 0);
    end = Math.min(end ?? Number.POSITIVE_INFINITY, before ?? Number.POSITIVE_INFINITY);
    while (found.length <= limit && bytes < stretchBytes) {
      const place = {
        scope,
        sessionId,
        types,
        after: from,
        ...(Number.isFinite(end) ? { before: end } : {}),
      };
      const rows = await store.events({
        ...place,
        order,
        limit: limit + 1 - found.length,
        maxBytes: stretchBytes,
      });
      const last = rows.at(-1)?.seq;
      if (last === undefined) break;
      found.push(...rows);
      bytes += rows.reduce((sum, { json }) => sum + json.length, 0);
      if (isForward) from = last;
      else end = last;
    }
    if (found.length > limit || bytes >= stretchBytes) break;
  }
  // One more than asked for tells that there is more.
  const isCut = found.length > limit || bytes >= stretchBytes;
  const events = found.slice(0, limit);
  const ascending = isForward ? events : events.toReversed();
  const messages = (await noted(store, scope, sessionId, ascending)).map((message) => ({
    ...message,
    thread_id: threadId,
  }));
  const hasOlder = messages.length > 0 && (isForward || after !== undefined || isCut);
  const hasNewer = isForward ? isCut : before !== undefined;
  return {
    messages,
    total: starts.length > countedSections ? null : await countIn(store, scope, sessionId, starts, types),
    before: (hasOlder ? messages[0]?.id : undefined) ?? null,
    after: (hasNewer ? messages.at(-1)?.id : undefined) ?? null,
  };
};

/** Up to where a message of a user and the answers to it go. */
export const sectionAt = async (
  store: Store,
  scope: Scope,
  sessionId: string,
  from: number,
): Promise<Section> => {
  const place = { scope, sessionId, types: ['user_input'], after: from } as const;
  const [next] = await store.events({ ...place, order: 'asc', limit: 1, maxBytes: 1 });
  return { from, before: next?.seq };
};

/** An upper bound, where there is one. */
export const bounded = (before: number | undefined) => (before === undefined ? {} : { before });

/** How many messages begin with these of users, up to 10,000; null beyond. */
export const countIn = async (
  store: Store,
  scope: Scope,
  sessionId: string,
  starts: readonly number[],
  types: readonly EventType[],
): Promise<number | null> => {
  let count = 0;
  for (const start of starts) {
    const { before } = await sectionAt(store, scope, sessionId, start);
    count += await store.countEvents({ scope, sessionId, types, after: start - 1, ...bounded(before) });
  }
  return count > countedRows ? null : count;
};
