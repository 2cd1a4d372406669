import type { EventQuery } from '@agent-harbor/api-contract/schemas';
import { type EventFilter, Problem } from '@agent-harbor/core';
import { preferred } from '../../http/accept.ts';
import type { StreamReply, Surroundings } from '../../http/call.ts';

type Call = Pick<Surroundings, 'view' | 'accept' | 'signal'> & {
  readonly query: EventQuery;
  readonly headers: { readonly 'last-event-id'?: string | undefined };
};

/**
 * Events of one session, or of all: a stream for those who take one, pages of history for those who prefer JSON or
 * ask for pages. A stream that has nothing more to give is answered 204, which ends the caller's reconnecting.
 */
export const readEvents = async (
  { query, headers, view, accept, signal }: Call,
  sessionId: string | undefined,
) => {
  const after = headers['last-event-id'] || query.after;
  if (!wantsStream(query, accept)) {
    return { status: 200, body: await view.events.history(sessionId, { ...query, after }) } as const;
  }
  const stream = await view.events.open({
    sessionId,
    after,
    filter: filterOf(query),
    takesLines: true,
    signal,
  });
  if (stream.ended) return { status: 204, body: undefined } as const;
  return { status: 200, stream, format: 'event-stream' } as const satisfies StreamReply;
};

const wantsStream = (query: EventQuery, accept: Surroundings['accept']): boolean => {
  const pages = [query.page, query.perPage, query.cursor, query.sort].some((member) => member !== undefined);
  if (!pages) return preferred(accept, ['text/event-stream', 'application/json']) === 'text/event-stream';
  if (accept('application/json').quality > 0) return false;
  throw new Problem('not-acceptable', {
    detail: 'Pages are JSON; a stream takes no page, perPage, cursor or sort.',
  });
};

const filterOf = ({ type, level, since, until, tool_execution_id }: EventQuery): EventFilter => ({
  types: type,
  level,
  since: since === undefined ? undefined : Date.parse(since),
  until: until === undefined ? undefined : Date.parse(until),
  toolExecutionId: tool_execution_id,
});
