import {
  offsetOf,
  type PageRequest,
  type Place,
  placeOf,
  type Scope,
  type SessionFilter,
} from '@agent-harbor/core';
import { keyOfQuery, type ListQuery } from './lists.ts';
import type { CountRows } from './session-filter.ts';
import { listOf, planSessions, type SessionPlan, type SessionRow } from './sessions.ts';

const keptPlans = 100;
/** After so many writes it is looked again which filter is rare. */
const trustedWrites = 1000;

/**
 * The queries of session lists, kept by what is asked for: to build them, and to look which filter is rare, costs as much
 * as to run them. An old plan gives the same rows, perhaps more slowly.
 */
export class SessionPlans {
  private readonly plans = new Map<string, KeptPlan>();
  private readonly version: () => number;
  private readonly countRows: CountRows;

  constructor(version: () => number, countRows: CountRows) {
    this.version = version;
    this.countRows = countRows;
  }

  page(
    give: 'rows' | 'texts',
    scope: Scope,
    filter: SessionFilter,
    sort: Parameters<typeof listOf>[0],
    request: PageRequest,
  ): ListQuery<SessionRow & Place> {
    const start = placeOf(listOf(sort), request);
    const offset = offsetOf(request);
    const key = JSON.stringify([give, scope.tenantId, filter, sort, start === undefined]);
    const version = this.version();
    let kept = this.plans.get(key);
    if (kept === undefined || version - kept.version > trustedWrites) {
      const plan = planSessions(give, scope, filter, sort, start !== undefined, this.countRows);
      kept = { version, plan, countedKey: keyOfQuery(plan.counted) };
      this.plans.delete(key);
      this.plans.set(key, kept);
      const [oldest] = this.plans.keys();
      if (this.plans.size > keptPlans && oldest !== undefined) this.plans.delete(oldest);
    }
    const { countedKey } = kept;
    const { list, page, counted } = kept.plan;
    const limit = request.perPage + 1;
    const named = { limit, offset, reach: offset + limit, at: start?.at ?? 0, ordinal: start?.ordinal ?? 0 };
    return { list, page: { ...page, parameters: [...page.parameters, named] }, counted, countedKey };
  }
}

interface KeptPlan {
  readonly version: number;
  readonly plan: SessionPlan;
  readonly countedKey: string;
}
