import type { JsonObject } from '../../json.ts';
import { answers, json, route, text } from '../documents.ts';
import { type Pair, pair } from '../pair.ts';

const empty = { description: 'OK' };
const withHeaders = (headers: JsonObject) => answers({ 200: { description: 'OK', headers } });
const tag = (more: object = {}) => ({ ETag: { schema: text, ...more } });
const place = 'GET /things · response 200';

export const responses: readonly Pair[] = [
  pair(
    'a status of success is removed',
    answers({ 200: empty, 204: empty }),
    answers({ 200: empty }),
    'breaking success-status-removed response GET /things · response 204',
  ),
  pair(
    'a status of success is added',
    answers({ 200: empty }),
    answers({ 200: empty, 202: empty }),
    'breaking success-status-added response GET /things · response 202',
  ),
  pair(
    'an error is added',
    answers({ 200: empty }),
    answers({ 200: empty, 429: empty }),
    'additive status-added response GET /things · response 429',
  ),
  pair(
    'an error is removed',
    answers({ 200: empty, 409: empty }),
    answers({ 200: empty }),
    'additive status-removed response GET /things · response 409',
  ),
  pair(
    'one answer is told by its range',
    answers({ 200: empty, 404: { description: 'No', content: json(text) } }),
    answers({ 200: empty, '4XX': { description: 'No', content: json({ type: 'object' }) } }),
    'breaking type-changed response GET /things · response 404',
    'additive status-added response GET /things · response 4XX',
  ),
  pair(
    'a range is told by one of its answers',
    answers({ '2XX': { description: 'Yes', content: json(text) } }),
    answers({ 200: { description: 'Yes', content: json({ type: 'object' }) } }),
    'breaking type-changed response GET /things · response 200',
  ),
  pair(
    'the only answer there is, is removed',
    answers({ default: empty }),
    answers({ 404: empty }),
    'breaking success-status-removed response GET /things · response default',
    'additive status-added response GET /things · response 404',
  ),
  pair(
    'an answer to all else is removed',
    answers({ 200: empty, default: empty }),
    answers({ 200: empty }),
    'additive status-removed response GET /things · response default',
  ),
  pair(
    'a media type of an answer is removed',
    answers({ 200: { description: 'OK', content: { ...json(text), 'text/plain': { schema: text } } } }),
    answers({ 200: { description: 'OK', content: json(text) } }),
    `breaking media-type-removed response ${place} · text/plain`,
  ),
  pair(
    'a media type of an answer is added',
    answers({ 200: { description: 'OK', content: json(text) } }),
    answers({ 200: { description: 'OK', content: { ...json(text), 'text/plain': { schema: text } } } }),
    `additive media-type-added response ${place} · text/plain`,
  ),
  pair(
    'a header is removed',
    withHeaders(tag()),
    withHeaders({}),
    `breaking header-removed response ${place} · header ETag`,
  ),
  pair(
    'a header is added',
    withHeaders({}),
    withHeaders(tag()),
    `additive header-added response ${place} · header ETag`,
  ),
  pair(
    'a header may be missing',
    withHeaders(tag({ required: true })),
    withHeaders(tag()),
    `breaking header-optional response ${place} · header ETag`,
  ),
  pair(
    'a header is always there',
    withHeaders(tag()),
    withHeaders(tag({ required: true })),
    `additive header-required response ${place} · header ETag`,
  ),
  pair(
    'a header is a number now',
    withHeaders(tag()),
    withHeaders(tag({ schema: { type: 'integer' } })),
    `breaking type-changed response ${place} · header ETag`,
  ),
  pair(
    'a header is written another way',
    withHeaders(tag()),
    withHeaders(tag({ explode: true })),
    `breaking header-style-changed response ${place} · header ETag`,
  ),
  pair(
    'a shared answer is told once',
    route(
      {
        responses: { 400: { $ref: '#/components/responses/No' }, 404: { $ref: '#/components/responses/No' } },
      },
      { components: { responses: { No: { description: 'No', headers: tag() } } } },
    ),
    route(
      {
        responses: { 400: { $ref: '#/components/responses/No' }, 404: { $ref: '#/components/responses/No' } },
      },
      { components: { responses: { No: { description: 'No' } } } },
    ),
    'breaking header-removed response responses/No · header ETag',
  ),
];
