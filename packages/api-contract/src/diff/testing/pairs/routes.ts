import { document, gets, integer, json, object, route, sends, takes, text } from '../documents.ts';
import { type Pair, pair } from '../pair.ts';

const ok = { 200: { description: 'OK' } };
const at = (path: string, method = 'get') => document({ paths: { [path]: { [method]: { responses: ok } } } });
const posts = (operation: object) =>
  document({ paths: { '/things': { post: { responses: ok, ...operation } } } });
const body = (more: object = {}) => ({ requestBody: { content: json(text), ...more } });
const query = (schema: object, more: object = {}) => ({ name: 'q', in: 'query', schema, ...more });
const parameter = 'GET /things · query q';

export const routes: readonly Pair[] = [
  pair(
    'a route is removed',
    document({ paths: { '/a': { get: { responses: ok } }, '/b': { get: { responses: ok } } } }),
    at('/a'),
    'breaking route-removed request GET /b',
  ),
  pair(
    'a route is added',
    at('/a'),
    document({ paths: { '/a': { get: { responses: ok }, post: { responses: ok } } } }),
    'additive route-added request POST /a',
  ),
  pair(
    'a route has another method',
    at('/a', 'put'),
    at('/a', 'patch'),
    'breaking route-removed request PUT /a',
    'additive route-added request PATCH /a',
  ),
  pair(
    'a parameter of the path has another name',
    document({
      paths: {
        '/a/{id}': {
          get: { parameters: [{ name: 'id', in: 'path', required: true, schema: text }], responses: ok },
        },
      },
    }),
    document({
      paths: {
        '/a/{key}': {
          get: { parameters: [{ name: 'key', in: 'path', required: true, schema: text }], responses: ok },
        },
      },
    }),
    'neutral path-parameter-renamed request GET /a/{key} · path key',
  ),
  pair(
    'an operation has another id',
    route({ operationId: 'list' }),
    route({ operationId: 'all' }),
    'neutral operation-id-changed request GET /things',
  ),
  pair(
    'a parameter is removed',
    takes(query(text)),
    takes(),
    `breaking parameter-removed request ${parameter}`,
  ),
  pair('a parameter is added', takes(), takes(query(text)), `additive parameter-added request ${parameter}`),
  pair(
    'a required parameter is added',
    takes(),
    takes(query(text, { required: true })),
    `breaking parameter-added-required request ${parameter}`,
  ),
  pair(
    'a parameter becomes required',
    takes(query(text)),
    takes(query(text, { required: true })),
    `breaking parameter-required request ${parameter}`,
  ),
  pair(
    'a parameter becomes optional',
    takes(query(text, { required: true })),
    takes(query(text)),
    `additive parameter-optional request ${parameter}`,
  ),
  pair(
    'the values of a parameter are fewer',
    takes(query({ type: 'string', enum: ['a', 'b'] })),
    takes(query({ type: 'string', enum: ['a'] })),
    `breaking enum-value-removed request ${parameter}`,
  ),
  pair(
    'a list is written another way',
    takes(query({ type: 'array', items: text }, { explode: false })),
    takes(query({ type: 'array', items: text })),
    `breaking parameter-style-changed request ${parameter}`,
  ),
  pair(
    'a style that is said is the one that is meant',
    takes(query(text)),
    takes(query(text, { style: 'form', explode: true })),
  ),
  pair(
    'a header is sent as a parameter of the query',
    takes({ name: 'X-Q', in: 'header', schema: text }),
    takes(query(text)),
    'breaking parameter-removed request GET /things · header X-Q',
    `additive parameter-added request ${parameter}`,
  ),
  pair(
    'the name of a header has no case',
    takes({ name: 'X-Q', in: 'header', schema: text }),
    takes({ name: 'x-q', in: 'header', schema: text }),
  ),
  pair(
    'a parameter of the path item is one of its methods',
    document({ paths: { '/a': { parameters: [query(text)], get: { responses: ok } } } }),
    document({ paths: { '/a': { get: { parameters: [query(integer)], responses: ok } } } }),
    'breaking type-changed request GET /a · query q',
  ),
  pair(
    'a body may be sent',
    posts({}),
    posts(body()),
    'additive body-added request POST /things · request body',
  ),
  pair(
    'a body must be sent where there was none',
    posts({}),
    posts(body({ required: true })),
    'breaking body-added-required request POST /things · request body',
  ),
  pair(
    'a body is taken no more',
    posts(body()),
    posts({}),
    'breaking body-removed request POST /things · request body',
  ),
  pair(
    'a body must be sent',
    posts(body()),
    posts(body({ required: true })),
    'breaking body-required request POST /things · request body',
  ),
  pair(
    'a body may be left out',
    posts(body({ required: true })),
    posts(body()),
    'additive body-optional request POST /things · request body',
  ),
  pair(
    'a media type of a request is removed',
    posts({ requestBody: { content: { ...json(text), 'text/plain': { schema: text } } } }),
    posts(body()),
    'breaking media-type-removed request POST /things · request body · text/plain',
  ),
  pair(
    'a character set is no other media type',
    posts({ requestBody: { content: { 'application/json; charset=utf-8': { schema: text } } } }),
    posts(body()),
  ),
  pair(
    'the addresses of the server',
    route({}, { servers: [{ url: 'https://a.example' }] }),
    route({}, { servers: [{ url: 'https://b.example' }] }),
    'breaking server-removed request document · https://a.example',
    'additive server-added request document · https://b.example',
  ),
  pair(
    'a webhook is removed',
    document({ webhooks: { done: { post: {} } } }),
    document({}),
    'breaking webhook-removed event webhook done (POST)',
  ),
  pair(
    'a webhook is added',
    document({}),
    document({ webhooks: { done: { post: {} } } }),
    'additive webhook-added event webhook done (POST)',
  ),
  pair(
    'what a webhook brings is received',
    document({
      webhooks: { done: { post: { requestBody: { content: json(object({ a: text, b: text })) } } } },
    }),
    document({ webhooks: { done: { post: { requestBody: { content: json(object({ a: text })) } } } } }),
    'breaking member-removed event webhook done (POST) · request body · b',
  ),
  pair(
    'a component has another name',
    gets({ type: 'array', items: { $ref: '#/components/schemas/Cat' } }, { Cat: object({ a: text }) }),
    gets({ type: 'array', items: { $ref: '#/components/schemas/Kitten' } }, { Kitten: object({ a: text }) }),
    'neutral component-renamed response Kitten',
  ),
  pair(
    'a component nobody uses',
    sends(text, { Ghost: text }),
    sends(text, { Ghost: integer }),
    'neutral unused-component-changed request components/schemas/Ghost',
  ),
];
