import { SessionEvent } from '@agent-harbor/api-contract/schemas';
import { parse } from '../parse.ts';
import { wholeHost } from '../scope.ts';
import type { Store } from '../store/store.ts';

/** What the agent of a session said last, as far as that is still in the log. */
export const lastMessageOf = async (store: Store, sessionId: string): Promise<string | null> => {
  const rows = await store.events({
    scope: wholeHost,
    sessionId,
    types: ['message'],
    order: 'desc',
    limit: 20,
    maxBytes: 256 * 1024,
  });
  for (const { json } of rows) {
    const event = parse(SessionEvent, JSON.parse(json), 'event');
    if (event.type === 'message' && event.role === 'assistant') return event.content;
  }
  return null;
};
