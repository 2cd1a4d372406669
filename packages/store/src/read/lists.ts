import { countedRows, type Page } from '@agent-harbor/api-contract/schemas';
import { keyOf, type PageRequest, type Place, pageFrom } from '@agent-harbor/core';
import type { CompiledQuery, SelectQueryBuilder } from 'kysely';
import type { Connection } from '../connection.ts';
import { build, type Tables } from '../tables.ts';

/** The two queries of a list: one row more than the page holds, and the rows its total counts. */
export interface ListQuery<Row extends Place> {
  readonly list: string;
  readonly page: CompiledQuery<Row>;
  readonly counted: CompiledQuery<{ readonly total: number }>;
  /** What tells `counted` from others, where it is known. */
  readonly countedKey?: string | undefined;
}

/** Counts rows, up to one more than lists tell. */
export const countOf = <Table extends keyof Tables>(
  rows: SelectQueryBuilder<Tables, Table, { ordinal: number }>,
): CompiledQuery<{ readonly total: number }> =>
  build
    .selectFrom(rows.limit(countedRows + 1).as('rows'))
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .compile();

/** Tells a query from any other. */
export const keyOfQuery = ({ sql, parameters }: CompiledQuery<unknown>): string =>
  JSON.stringify([sql, parameters]);

const keptTotals = 100;

/** Runs list queries. A total stays known until a record is written, so that a walk does not count at every step. */
export class Lists {
  private readonly connection: Connection;
  private readonly version: () => number;
  private readonly totals = new Map<string, { readonly version: number; readonly total: number }>();

  constructor(connection: Connection, version: () => number) {
    this.connection = connection;
    this.version = version;
  }

  page<Row extends Place>(
    { list, page, counted, countedKey = keyOfQuery(counted) }: ListQuery<Row>,
    request: PageRequest,
  ): Page<Row> {
    return pageFrom(list, request, this.connection.query(page), this.total(counted, countedKey), keyOf);
  }

  private total(query: CompiledQuery<{ readonly total: number }>, key: string): number {
    const version = this.version();
    const known = this.totals.get(key);
    if (known?.version === version) return known.total;
    const total = this.connection.query(query)[0]?.total ?? 0;
    this.totals.delete(key);
    this.totals.set(key, { version, total });
    const [oldest] = this.totals.keys();
    if (this.totals.size > keptTotals && oldest !== undefined) this.totals.delete(oldest);
    return total;
  }
}
