import { countedRows, type Page } from '@agent-harbor/api-contract/schemas';
import { utf8Bytes } from '../../event/bytes.ts';
import { levelsFrom } from '../../event/level.ts';
import { offsetOf, type PageRequest, pageFrom } from '../../page.ts';
import { inScope, type Scope } from '../../scope.ts';
import { keyOf, type Place, placeOf } from '../place.ts';
import { matchesWords } from '../search.ts';
import type { SessionCriteria } from '../session-criteria.ts';
import type { EventSelection, StoredEvent } from '../store.ts';
import type { EventRow, SessionRow, Tables } from './tables.ts';

type Counted = Omit<EventSelection, 'limit' | 'maxBytes' | 'order'>;

/** The events a selection matches, in its order, as far as the caller walks. */
export function* selectEvents(
  tables: Tables,
  selection: Counted,
  order: 'asc' | 'desc',
): Generator<StoredEvent> {
  const { scope, sessionId, after = 0, before = Number.POSITIVE_INFINITY } = selection;
  const session = sessionId === undefined ? undefined : tables.sessions.get(sessionId);
  if (sessionId !== undefined && (session === undefined || !sees(scope, session))) return;
  const rows = session === undefined ? tables.events : session.events;
  const matches = eventMatcher(selection);
  // Numbers are dense here: the row with number n is at index n - 1, or that many less as were pruned of a session.
  const pruned = session?.pruned ?? 0;
  const first = Math.max(0, Math.ceil(after) - pruned);
  const last = Math.min(rows.length - 1, Math.floor(before) - 2 - pruned);
  for (let step = 0; step <= last - first; step++) {
    const row = rows[order === 'asc' ? first + step : last - step];
    if (row === undefined || !matches(row)) continue;
    if (session === undefined && !seesSession(tables, scope, row.stored)) continue;
    yield row.stored;
  }
}

/** As many events as the page may hold. */
export const eventPage = (events: Iterable<StoredEvent>, limit: number, maxBytes: number): StoredEvent[] => {
  const page: StoredEvent[] = [];
  let bytes = 0;
  if (limit < 1) return page;
  for (const event of events) {
    bytes += utf8Bytes(event.json);
    if (page.length > 0 && bytes > maxBytes) break;
    page.push(event);
    if (page.length >= limit) break;
  }
  return page;
};

const eventMatcher = ({ types, level, since, until, toolExecutionId }: Counted) => {
  const levels = level === undefined ? undefined : levelsFrom(level);
  return ({ stored, toolExecutionId: own }: EventRow): boolean =>
    (types === undefined || types.includes(stored.type)) &&
    (levels === undefined || levels.includes(stored.level)) &&
    (since === undefined || stored.at >= since) &&
    (until === undefined || stored.at <= until) &&
    (toolExecutionId === undefined || own === toolExecutionId);
};

export const sees = (scope: Scope, session: SessionRow): boolean => inScope(scope, session.record.tenantId);

/** Whether what belongs to a session is visible in the scope. */
export const seesSession = (
  tables: Tables,
  scope: Scope,
  { sessionId }: { readonly sessionId: string },
): boolean => {
  const session = tables.sessions.get(sessionId);
  return session !== undefined && sees(scope, session);
};

/** Whether a session meets the criteria. */
export const meets = (criteria: SessionCriteria, { record, createdAt, words }: SessionRow): boolean =>
  (criteria.statuses === undefined || criteria.statuses.includes(record.status)) &&
  (criteria.workspaces === undefined || criteria.workspaces.includes(record.workspace.state)) &&
  (criteria.agent === undefined || criteria.agent === record.agent.type) &&
  (criteria.projectId === undefined || criteria.projectId === record.projectId) &&
  (criteria.tenantId === undefined || criteria.tenantId === record.tenantId) &&
  (criteria.repo === undefined || criteria.repo === record.repo.url) &&
  (criteria.taskId === undefined || criteria.taskId === record.taskId) &&
  criteria.labels.every(
    ([key, value]) => Object.hasOwn(record.labels, key) && record.labels[key] === value,
  ) &&
  (criteria.createdAfter === undefined || createdAt > criteria.createdAfter) &&
  (criteria.createdBefore === undefined || createdAt < criteria.createdBefore) &&
  (criteria.words === undefined || (criteria.words !== null && matchesWords(words, criteria.words))) &&
  (criteria.withArchived || record.archivedAt === undefined);

/** One page of rows, sorted by their place. */
export const pageOf = <Row extends Place>(
  list: string,
  rows: readonly Row[],
  order: 'asc' | 'desc',
  request: PageRequest,
): Page<Row> => {
  const offset = offsetOf(request);
  const start = placeOf(list, request);
  const sorted = rows.toSorted((left, right) => compare(left, right, order));
  const rest = start === undefined ? sorted : sorted.filter((row) => compare(row, start, order) > 0);
  const page = rest.slice(offset, offset + request.perPage + 1);
  return pageFrom(list, request, page, Math.min(rows.length, countedRows + 1), keyOf);
};

/** Which of two places comes first in the order. */
export const compare = (left: Place, right: Place, order: 'asc' | 'desc'): number => {
  const difference = left.at - right.at || left.ordinal - right.ordinal;
  return order === 'asc' ? difference : -difference;
};
