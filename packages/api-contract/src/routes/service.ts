import { policy } from '../policy.ts';
import { Health, JsonObject, Readiness, Version } from '../schemas/index.ts';
import { noQuery, problemParams } from './parameters.ts';
import { c, opaque, problem } from './router.ts';

const open = policy({ role: 'public' });
const probe = policy({ role: 'public', anyHost: true });

/** What tells about the service itself. All but the metrics is public, and without detail. */
export const service = c.router({
  healthz: {
    method: 'GET',
    path: '/healthz',
    summary: 'The process is alive',
    responses: { 200: Health },
    metadata: probe,
  },
  readyz: {
    method: 'GET',
    path: '/readyz',
    summary: 'The service can do its work; otherwise 503 `not-ready` with the reasons in `errors.reasons`',
    responses: { 200: Readiness, 503: problem },
    metadata: probe,
  },
  version: {
    method: 'GET',
    path: '/version',
    summary: 'Name and version',
    responses: { 200: Version },
    metadata: probe,
  },
  openapi: {
    method: 'GET',
    path: '/api/v1/openapi.json',
    summary: 'This contract as an OpenAPI 3.1 document',
    query: noQuery,
    responses: { 200: JsonObject },
    metadata: open,
  },
  docs: {
    method: 'GET',
    path: '/api/docs',
    summary: 'This contract as a page',
    responses: { 200: opaque('text/html') },
    metadata: open,
  },
  metrics: {
    method: 'GET',
    path: '/metrics',
    summary: 'What the service counts, in the text format of Prometheus',
    query: noQuery,
    responses: { 200: opaque('text/plain') },
    metadata: policy(),
  },
  problem: {
    method: 'GET',
    path: '/problems/:code',
    summary: 'What a problem code means and what to do about it',
    pathParams: problemParams,
    responses: { 200: opaque('text/html') },
    metadata: open,
  },
});
