import { policy } from '../policy.ts';
import { Draft, DraftInput, DraftPage, DraftQuery } from '../schemas/index.ts';
import {
  conditionalHeaders,
  draftParams,
  idempotencyHeaders,
  ifMatchHeaders,
  noQuery,
} from './parameters.ts';
import { c, problem } from './router.ts';

export const drafts = c.router({
  list: {
    method: 'GET',
    path: '/api/v1/drafts',
    summary: 'Drafts, last changed first',
    query: DraftQuery,
    responses: { 200: DraftPage },
    metadata: policy(),
  },
  create: {
    method: 'POST',
    path: '/api/v1/drafts',
    summary: 'Save a new draft',
    headers: idempotencyHeaders,
    query: noQuery,
    body: DraftInput,
    responses: { 201: Draft, 409: problem, 422: problem },
    metadata: policy({ role: 'operator', idempotent: true }),
  },
  get: {
    method: 'GET',
    path: '/api/v1/drafts/:id',
    summary: 'One draft',
    pathParams: draftParams,
    headers: conditionalHeaders,
    query: noQuery,
    responses: { 200: Draft, 304: c.noBody() },
    metadata: policy(),
  },
  update: {
    method: 'PUT',
    path: '/api/v1/drafts/:id',
    summary: 'Replace the members that are sent; with If-Match a lost update is refused',
    pathParams: draftParams,
    headers: ifMatchHeaders,
    query: noQuery,
    body: DraftInput,
    responses: { 200: Draft, 412: problem },
    metadata: policy({ role: 'operator' }),
  },
  delete: {
    method: 'DELETE',
    path: '/api/v1/drafts/:id',
    summary: 'Delete a draft',
    pathParams: draftParams,
    query: noQuery,
    body: c.noBody(),
    responses: { 204: c.noBody() },
    metadata: policy({ role: 'operator' }),
  },
});
