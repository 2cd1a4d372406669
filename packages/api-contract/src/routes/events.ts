import { policy } from '../policy.ts';
import { EventPage, EventQuery } from '../schemas/index.ts';
import { resumeHeaders } from './parameters.ts';
import { c } from './router.ts';

export const events = c.router({
  list: {
    method: 'GET',
    path: '/api/v1/events',
    summary: 'The events of every session on one connection',
    headers: resumeHeaders,
    query: EventQuery,
    responses: { 200: EventPage, 204: c.noBody() },
    metadata: policy({ media: { 200: ['text/event-stream'] } }),
  },
});
