import { EventQuery, LogQuery, SessionEvent } from '@agent-harbor/api-contract/schemas';
import type { EventLog } from '../harbor.ts';
import { decodeIntegers, encodeCursor, offsetOf, pageFrom } from '../page.ts';
import { parse } from '../parse.ts';
import { fieldProblem, Problem } from '../problem.ts';
import type { Scope } from '../scope.ts';
import type { EventSelection, StoredEvent } from '../store/store.ts';
import { formatEventId, parseEventId } from '../stream/id.ts';
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

  /** A stream would say `resync`; a page has no such word, and must not pass over what is gone in silence. */
  const refusePruned = async (sessionId: string | undefined, after: number): Promise<void> => {
    const bounds = await store.eventBounds(scope, sessionId);
    if (bounds === null || after >= bounds.pruned) return;
    const whole = formatEventId(store.epoch, bounds.pruned);
    throw fieldProblem('after', `is before what is kept: events after it are gone; ask after ${whole}`);
  };

  /**
   * Up to `wanted` rows and one more, which tells that there is more. Large rows end a page before that; then `isCut`
   * tells.
   */
  const read = async (
    selection: Selection & Pick<EventSelection, 'order'>,
    numberOf: (event: StoredEvent) => number,
    wanted: number,
    offset = 0,
  ): Promise<{ rows: readonly StoredEvent[]; isCut: boolean }> => {
    const past = (event: StoredEvent) => beyond(selection.order, numberOf(event));
    const rowsFrom = (place: Bounds, limit: number) =>
      store.events({ ...selection, ...place, limit, maxBytes: pageBytes });
    let place: Bounds = {};
    for (let skip = offset; skip > 0; ) {
      const skipped = await rowsFrom(place, skip);
      const last = skipped.at(-1);
      if (last === undefined) return { rows: [], isCut: false };
      skip -= skipped.length;
      place = past(last);
    }
    const rows = await rowsFrom(place, wanted + 1);
    const last = rows.at(-1);
    const isCut = last !== undefined && rows.length <= wanted && (await rowsFrom(past(last), 1)).length > 0;
    return { rows, isCut };
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
      if (after !== undefined) await refusePruned(sessionId, after);
      const selection: Selection = {
        scope,
        ...(sessionId === undefined ? {} : { sessionId }),
        ...(after === undefined ? {} : { after }),
        types: query.type,
        level: query.level,
        since: query.since === undefined ? undefined : Date.parse(query.since),
        until: query.until === undefined ? undefined : Date.parse(query.until),
        toolExecutionId: query.tool_execution_id,
      };
      const seen = lastSeen(list, query.cursor);
      const bounds = seen === undefined ? {} : beyond(order, seen);
      const [counted, { rows, isCut }] = await Promise.all([
        store.countEvents(selection),
        read({ ...selection, ...bounds, order }, numberOf, request.perPage, offset),
      ]);
      const page = pageFrom(list, request, rows, counted, (event) => [numberOf(event)]);
      const last = rows.at(-1);
      // A page that was cut has no number after it, only a place.
      const next =
        isCut && last !== undefined
          ? { nextPage: null, nextCursor: encodeCursor(list, [numberOf(last)]) }
          : {};
      return {
        ...page,
        ...next,
        items: page.items.map(({ json }) => parse(SessionEvent, JSON.parse(json), 'event')),
      };
    },

    async logs(sessionId, wish) {
      const query = parse(LogQuery, wish);
      await known(sessionId);
      const list = `logs ${sessionId}`;
      const before = lastSeen(list, query.cursor);
      const selection = {
        scope,
        sessionId,
        types: ['log'],
        level: query.level,
        toolExecutionId: query.tool_execution_id,
        ...(before === undefined ? {} : { before }),
        order: 'desc',
      } as const;
      const { rows, isCut } = await read(selection, ({ seq }) => seq, query.tail);
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
      const more = isCut || rows.length > query.tail;
      return { logs, nextCursor: more && oldest !== undefined ? encodeCursor(list, [oldest.seq]) : null };
    },
  };
};

type Selection = Omit<EventSelection, 'limit' | 'maxBytes' | 'order'>;
type Bounds = Pick<EventSelection, 'after' | 'before'>;

const beyond = (order: EventSelection['order'], number: number): Bounds =>
  order === 'asc' ? { after: number } : { before: number };

const lastSeen = (list: string, cursor: string | undefined): number | undefined =>
  cursor === undefined ? undefined : decodeIntegers(list, 1, cursor)[0];

/** History after an event id: only within this epoch, since numbers of another one mean other events. */
const startOf = (query: EventQuery, epoch: string): number | undefined => {
  if (query.after === undefined) return undefined;
  const place = parseEventId(query.after);
  if (place.epoch !== epoch) throw fieldProblem('after', `is of another epoch; the log's epoch is ${epoch}`);
  return place.number;
};
