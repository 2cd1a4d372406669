import type { ChatMessage } from '@agent-harbor/api-contract/schemas';
import type { Scope } from '../scope.ts';
import type { Store, StoredEvent } from '../store/store.ts';
import { messageOf, withNote } from './project.ts';

/** A stretch holds at most this much JSON of events, whatever its limit. */
export const stretchBytes = 8 * 1024 * 1024;

/** The messages events are, the lowest first, with what is kept beside them. */
export const noted = async (
  store: Store,
  scope: Scope,
  sessionId: string,
  events: readonly StoredEvent[],
): Promise<ChatMessage[]> => {
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined) return [];
  const rows = await store.conversation(scope, sessionId, 'message', { from: first.seq, through: last.seq });
  const notes = new Map(rows.map(({ seq, value }) => [seq, value]));
  return events.flatMap((event) => {
    const message = messageOf(event);
    return message === undefined ? [] : [withNote(message, notes.get(event.seq))];
  });
};
