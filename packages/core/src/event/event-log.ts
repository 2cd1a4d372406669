import { EventQuery, LogQuery, SessionEvent } from '@agent-harbor/api-contract/schemas';
import type { EventLog } from '../harbor.ts';
import { decodeCursor, encodeCursor, offsetOf, pageFrom } from '../page.ts';
import { parse } from '../parse.ts';
import { fieldProblem, Problem } from '../problem.ts';
import type { Scope } from '../scope.ts';
import type { EventSelection, StoredEvent } from '../store/store.ts';
import { parseEventId } from '../stream/id.ts';
import { openReader, type ReaderSources } from '../stream/open-reader.ts';

/** A page of history holds at most this much JSON, whatever `perPage` says. */
const pageBytes = 16 * 1024 * 1024;
const usualPage = 50;

export const createEventLog = (sources: ReaderSources, scope: Scope): EventLog => {
  const { store } = sources;
  const known = async (sessionId: string | undefined): Promise<void> => {
    if (sessionId === undefined || (await store.session(scope, sessionId)) !== undefined) return;
    throw new Problem('session-not-found', { detail: `There is no session ${sessionId}.` });
  };

  return {
    open: (request) => openReader(sources, { ...request, scope }),

    async history(sessionId, wish) {
      const query = parse(EventQuery, wish);
      await known(sessionId);
      const order = query.sort ?? 'desc';
      const list = `events ${sessionId ?? ''} ${order}`;
      const numberOf = (event: StoredEvent) => (sessionId === undefined ? event.position : event.seq);
      const request = { perPage: query.perPage ?? usualPage, page: query.page, cursor: query.cursor };
      const offset = offsetOf(request);
      const after = startOf(query, store.epoch);
      const selection: Omit<EventSelection, 'limit' | 'maxBytes' | 'order'> = {
        scope,
        ...(sessionId === undefined ? {} : { sessionId }),
        ...(after === undefined ? {} : { after }),
        types: query.type,
        level: query.level,
        since: query.since === undefined ? undefined : Date.parse(query.since),
        until: query.until === undefined ? undefined : Date.parse(query.until),
      };
      const seen = query.cursor === undefined ? undefined : Number(decodeCursor(list, 1, query.cursor)[0]);
      const bound = seen === undefined ? {} : order === 'asc' ? { after: seen } : { before: seen };
      const [counted, rows] = await Promise.all([
        store.countEvents(selection),
        store.events({
          ...selection,
          ...bound,
          order,
          limit: offset + request.perPage + 1,
          maxBytes: pageBytes,
        }),
      ]);
      const page = pageFrom(list, request, rows.slice(offset), counted, (event) => [numberOf(event)]);
      return { ...page, items: page.items.map(({ json }) => parse(SessionEvent, JSON.parse(json), 'event')) };
    },

    async logs(sessionId, wish) {
      const query = parse(LogQuery, wish);
      await known(sessionId);
      const list = `logs ${sessionId}`;
      const before = query.cursor === undefined ? undefined : Number(decodeCursor(list, 1, query.cursor)[0]);
      const rows = await store.events({
        scope,
        sessionId,
        types: ['log'],
        level: query.level,
        toolExecutionId: query.tool_execution_id,
        ...(before === undefined ? {} : { before }),
        order: 'desc',
        limit: query.tail + 1,
        maxBytes: pageBytes,
      });
      const shown = rows.slice(0, query.tail);
      const oldest = shown.at(-1);
      const logs = shown.reverse().flatMap(({ json }) => {
        const event = parse(SessionEvent, JSON.parse(json), 'event');
        return event.type === 'log'
          ? [
              {
                level: event.level,
                message: event.message,
                ts: event.ts,
                tool_execution_id: event.tool_execution_id ?? null,
              },
            ]
          : [];
      });
      const more = rows.length > query.tail && oldest !== undefined;
      return { logs, nextCursor: more ? encodeCursor(list, [oldest.seq]) : null };
    },
  };
};

/** History after an event id: only within this epoch, since numbers of another one mean other events. */
const startOf = (query: EventQuery, epoch: string): number | undefined => {
  if (query.after === undefined) return undefined;
  const place = parseEventId(query.after);
  if (place.epoch !== epoch) throw fieldProblem('after', `is of another epoch; the log's epoch is ${epoch}`);
  return place.number;
};
