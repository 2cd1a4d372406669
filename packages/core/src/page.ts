import { countedRows, type Page } from '@agent-harbor/api-contract/schemas';
import { fieldProblem, type Problem } from './problem.ts';

/** A wish for a part of a list: by `page` up to row 10,000, by `cursor` anywhere. */
export interface PageRequest {
  readonly perPage: number;
  readonly page?: number | undefined;
  readonly cursor?: string | undefined;
}

/** The sort key of the last row seen: sort value first, then the id that breaks ties. */
export type CursorKey = readonly (string | number)[];

/** An opaque, url-safe cursor. `list` names what is walked, so that a cursor of another list is refused. */
export const encodeCursor = (list: string, key: CursorKey): string =>
  btoa(asBytes(JSON.stringify([list, ...key])))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');

/** UTF-8 as `btoa` wants it, a character for each byte: ASCII is that already. */
const asBytes = (text: string): string =>
  /^[ -~]*$/.test(text) ? text : String.fromCharCode(...new TextEncoder().encode(text));

/** The key inside a cursor made by `encodeCursor` for the same list, else a problem that names `cursor`. */
export const decodeCursor = (list: string, length: number, cursor: string): CursorKey => {
  try {
    const bytes = Uint8Array.from(atob(cursor.replaceAll('-', '+').replaceAll('_', '/')), (c) =>
      c.charCodeAt(0),
    );
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (Array.isArray(value) && value[0] === list && value.length === length + 1) {
      const key = value.slice(1).filter((part) => typeof part === 'string' || typeof part === 'number');
      if (key.length === length) return key;
    }
  } catch {
    // Not base64, not UTF-8 or not JSON: the same answer as for a cursor of another list.
  }
  throw badCursor();
};

/** The same for a list whose key is made of integers. */
export const decodeIntegers = (list: string, length: number, cursor: string): readonly number[] => {
  const key = decodeCursor(list, length, cursor).filter((part) => typeof part === 'number');
  if (key.length === length && key.every(Number.isSafeInteger)) return key;
  throw badCursor();
};

const badCursor = (): Problem =>
  fieldProblem('cursor', 'is not a cursor of this list; take nextCursor of the page before');

/** How many rows to skip for a page number; beyond row 10,000 the caller is sent to `cursor`. */
export const offsetOf = (request: PageRequest): number => {
  const offset = ((request.page ?? 1) - 1) * request.perPage;
  if (request.cursor !== undefined && request.page !== undefined) {
    throw fieldProblem('page', 'cannot be combined with cursor');
  }
  if (offset + request.perPage > countedRows && request.page !== undefined && request.page > 1) {
    throw fieldProblem('page', `reaches beyond row ${countedRows}; walk with cursor instead`);
  }
  return offset;
};

/**
 * The envelope around the rows of one page. `rows` holds up to perPage + 1 rows: the one too many only tells that
 * there is more. `total` is counted up to 10,001.
 */
export const pageFrom = <Row>(
  list: string,
  request: PageRequest,
  rows: readonly Row[],
  counted: number,
  keyOf: (row: Row) => CursorKey,
): Page<Row> => {
  const items = rows.slice(0, request.perPage);
  const last = items.at(-1);
  const hasMore = rows.length > request.perPage && last !== undefined;
  const capped = counted > countedRows;
  const total = capped ? null : counted;
  const page = request.cursor === undefined ? (request.page ?? 1) : null;
  const nextPage = hasMore && page !== null && (page + 1) * request.perPage <= countedRows ? page + 1 : null;
  return {
    items,
    total,
    ...(capped ? { totalIsCapped: true } : {}),
    nextPage,
    nextCursor: hasMore ? encodeCursor(list, keyOf(last)) : null,
    pagination: {
      page,
      perPage: request.perPage,
      total,
      totalPages: total === null ? null : Math.ceil(total / request.perPage),
    },
  };
};
