import { type ApprovalFilter, offsetOf, type PageRequest, placeOf, type Scope } from '@agent-harbor/core';
import { build, comparable, slot } from '../tables.ts';
import { before } from './catalogue.ts';
import { countOf } from './lists.ts';

const sessionOrdinal = (id: string) =>
  build.selectFrom('sessions').select('ordinal').where('id', '=', comparable(id));

export const approvalById = build
  .selectFrom('approvals')
  .select(['tenant', 'record', 'checksum'])
  .where('session', '=', (eb) =>
    eb.selectFrom('sessions').select('ordinal').where('id', '=', slot<string>('session')),
  )
  .where('id', '=', slot<string>('id'))
  .compile().sql;

/** Permission requests, the newest first. */
export const approvalPage = (scope: Scope, { sessionId, state }: ApprovalFilter, request: PageRequest) => {
  let matching = build.selectFrom('approvals');
  if (scope.tenantId !== null) matching = matching.where('tenant', '=', comparable(scope.tenantId));
  if (sessionId !== undefined) matching = matching.where('session', '=', sessionOrdinal(sessionId));
  if (state !== undefined) matching = matching.where('state', '=', state);
  let page = matching
    .select(['ordinal', 'requested_at as at', 'record', 'checksum'])
    .orderBy('requested_at', 'desc')
    .orderBy('ordinal', 'desc')
    .limit(request.perPage + 1)
    .offset(offsetOf(request));
  const start = placeOf('approvals', request);
  if (start !== undefined) page = page.where(before('requested_at', start));
  return { list: 'approvals', page: page.compile(), counted: countOf(matching.select('ordinal')) };
};
