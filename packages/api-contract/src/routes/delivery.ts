import { policy } from '../policy.ts';
import { DeliverSession, DeliveryOutcome, SessionDelivery } from '../schemas/index.ts';
import { idempotencyHeaders, noQuery, sessionParams } from './parameters.ts';
import { c, problem } from './router.ts';

export const delivery = c.router({
  deliver: {
    method: 'POST',
    path: '/api/v1/sessions/:id/deliver',
    summary: 'Take the work of a session home as it is now: as a branch, a pull request or a patch',
    pathParams: sessionParams,
    headers: idempotencyHeaders,
    query: noQuery,
    body: DeliverSession.optional(),
    responses: { 200: DeliveryOutcome, 409: problem, 422: problem, 424: problem },
    metadata: policy({ role: 'operator', idempotent: true }),
  },
  get: {
    method: 'GET',
    path: '/api/v1/sessions/:id/delivery',
    summary: 'Where the work of a session has gone, and every delivery before',
    pathParams: sessionParams,
    query: noQuery,
    responses: { 200: SessionDelivery },
    metadata: policy(),
  },
});
