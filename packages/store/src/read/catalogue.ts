import {
  offsetOf,
  type PageRequest,
  type Place,
  placeOf,
  type RepositoryFilter,
  type Scope,
} from '@agent-harbor/core';
import { sql } from 'kysely';
import { build, comparable, slot } from '../tables.ts';
import { countOf } from './lists.ts';

export const taskById = build
  .selectFrom('tasks')
  .select(['tenant', 'record', 'checksum'])
  .where('id', '=', slot<string>('id'))
  .compile().sql;

export const draftById = build
  .selectFrom('drafts')
  .select(['tenant', 'record', 'checksum'])
  .where('id', '=', slot<string>('id'))
  .compile().sql;

export const repositoryById = build
  .selectFrom('repositories')
  .select(['record', 'checksum'])
  .where('tenant', '=', slot<string>('tenant'))
  .where('id', '=', slot<string>('id'))
  .compile().sql;

export const replyByKey = build
  .selectFrom('replies')
  .select(['fingerprint', 'reply', 'checksum', 'stored_at as storedAt', 'expires_at as expiresAt'])
  .where('scope', '=', slot<string>('scope'))
  .where('key', '=', slot<string>('key'))
  .where('expires_at', '>', slot<number>('now'))
  .compile().sql;

/** Drafts, last changed first. */
export const draftPage = (scope: Scope, request: PageRequest) => {
  let matching = build.selectFrom('drafts');
  if (scope.tenantId !== null) matching = matching.where('tenant', '=', comparable(scope.tenantId));
  let page = matching
    .select(['ordinal', 'updated_at as at', 'record', 'checksum'])
    .orderBy('updated_at', 'desc')
    .orderBy('ordinal', 'desc')
    .limit(request.perPage + 1)
    .offset(offsetOf(request));
  const start = placeOf('drafts', request);
  if (start !== undefined) page = page.where(before('updated_at', start));
  return { list: 'drafts', page: page.compile(), counted: countOf(matching.select('ordinal')) };
};

/** Repositories as the scope used them, last used first. */
export const repositoryPage = (scope: Scope, filter: RepositoryFilter, request: PageRequest) => {
  const tenant = ownerOf(scope);
  const { projectId, provider, q } = filter;
  let matching = build.selectFrom('repositories').where('tenant', '=', tenant);
  if (projectId !== undefined) {
    matching = matching.where(
      'id',
      'in',
      build
        .selectFrom('repository_projects')
        .select('repository')
        .where('tenant', '=', tenant)
        .where('project', '=', comparable(projectId)),
    );
  }
  if (provider !== undefined)
    matching = matching.where(sql<boolean>`record ->> '$.scmProvider' = ${provider}`);
  if (q !== undefined) {
    matching = matching.where(sql<boolean>`(
      instr(lower(record ->> '$.displayName'), lower(${q})) > 0 OR instr(lower(record ->> '$.remoteUrl'), lower(${q})) > 0
    )`);
  }
  let page = matching
    .select(['ordinal', 'last_used_at as at', 'record', 'checksum'])
    .orderBy('last_used_at', 'desc')
    .orderBy('ordinal', 'desc')
    .limit(request.perPage + 1)
    .offset(offsetOf(request));
  const start = placeOf('repositories', request);
  if (start !== undefined) page = page.where(before('last_used_at', start));
  return { list: 'repositories', page: page.compile(), counted: countOf(matching.select('ordinal')) };
};

/** Projects, last used first. */
export const projectPage = (scope: Scope, request: PageRequest) => {
  let matching = build.selectFrom('projects');
  if (scope.tenantId !== null) matching = matching.where('tenant', '=', comparable(scope.tenantId));
  let page = matching
    .select(['ordinal', 'last_used_at as at', 'record', 'checksum'])
    .orderBy('last_used_at', 'desc')
    .orderBy('ordinal', 'desc')
    .limit(request.perPage + 1)
    .offset(offsetOf(request));
  const start = placeOf('projects', request);
  if (start !== undefined) page = page.where(before('last_used_at', start));
  return { list: 'projects', page: page.compile(), counted: countOf(matching.select('ordinal')) };
};

/** Under which tenant a scope's repositories stand; the host has its own copy of each. */
export const ownerOf = ({ tenantId }: Scope): string => (tenantId === null ? '' : comparable(tenantId));

/** Only rows behind a place in a list of which the newest comes first. */
export const before = (
  column: 'updated_at' | 'last_used_at' | 'requested_at' | 'created_at' | 'at',
  { at, ordinal }: Place,
) => sql<boolean>`(${sql.ref(column)}, ordinal) < (${at}, ${ordinal})`;
