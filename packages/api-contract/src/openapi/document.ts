import type { AppRouter } from '@ts-rest/core';
import { isAppRouteNoBody } from '@ts-rest/core';
import type { OpenAPIObject, OperationObject, PathsObject, RequestBodyObject } from 'openapi3-ts/oas31';
import { z } from 'zod';
import { contract } from '../contract.ts';
import { type Components, createComponents } from './components.ts';
import { headers } from './headers.ts';
import { toJsonSchema } from './json-schema.ts';
import { parametersOf } from './parameters.ts';
import { problemResponses, responsesOf } from './responses.ts';
import { type PlacedRoute, placedRoutes } from './routes.ts';
import { securitySchemes } from './security.ts';

export interface DocumentOptions {
  readonly version: string;
  /** Another contract than ours, described with the same means. */
  readonly of?: { readonly contract: AppRouter; readonly title: string; readonly description: string };
}

/**
 * The contract as an OpenAPI 3.1 document, the same for the same version: every route with its parameters, bodies,
 * statuses and media types. Schemas that `./schemas` exports are components. Throws for a route or schema of which no
 * true document can be made.
 */
export const createOpenApiDocument = ({ version, of = ours }: DocumentOptions): OpenAPIObject => {
  const routes = placedRoutes(of.contract);
  const components = createComponents();
  const paths = pathsOf(routes, components);
  const responses = problemResponses(routes, components);
  return {
    openapi: '3.1.0',
    info: {
      title: of.title,
      version,
      description: of.description,
      license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
    },
    servers: [
      { url: '/', description: 'The server this document came from' },
      { url: 'http://127.0.0.1:3001', description: 'A server on this machine, started without options' },
    ],
    security: Object.keys(securitySchemes).map((name) => ({ [name]: [] })),
    tags: [...new Set(routes.map(({ area }) => area))].map((name) => ({ name })),
    paths,
    components: { schemas: components.schemas(), responses, headers, securitySchemes },
  };
};

const description = [
  'Run coding agents on many repositories at once: launch tasks, watch their sessions, read what they changed.',
  'Errors are `application/problem+json` (RFC 9457); `code` comes from a closed list and `type` leads to a page about it.',
  'Requests are strict: a member that is not described here is refused, in bodies and in queries.',
  'Text is UTF-8 without NUL; the length of a text counts UTF-16 units. Bodies are at most 16 MiB.',
  'Every request may carry `X-Request-Id` (a ULID or UUID) and `traceparent`.',
  'Where a schema here accepts more than the server does, the problem names the member and the rule.',
].join('\n\n');

const ours = { contract, title: 'Agent Harbor', description };

const pathsOf = (routes: readonly PlacedRoute[], components: Components): PathsObject => {
  const paths: PathsObject = {};
  for (const placed of routes) {
    const path = placed.route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [placed.route.method.toLowerCase()]: operationOf(placed, components) };
  }
  return paths;
};

const operationOf = (placed: PlacedRoute, components: Components): OperationObject => {
  const { area, name, route, policy } = placed;
  const parameters = parametersOf(route, components);
  return {
    operationId: `${area}${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    tags: [area],
    ...(route.summary !== undefined && { summary: route.summary }),
    ...(route.description !== undefined && { description: route.description }),
    ...(route.deprecated === true && { deprecated: true }),
    ...(policy.role === 'public' ? { security: [] } : {}),
    'x-role': policy.role,
    ...(parameters.length > 0 && { parameters }),
    ...requestBodyOf(placed, components),
    responses: responsesOf(placed, components),
  };
};

const requestBodyOf = (
  { route, policy }: PlacedRoute,
  { input }: Components,
): { requestBody?: RequestBodyObject } => {
  if (!('body' in route) || isAppRouteNoBody(route.body) || !(route.body instanceof z.ZodType)) return {};
  const schema = toJsonSchema(route.body, input, ['body']);
  const mediaTypes =
    policy.readsText.length > 0 ? policy.readsText : [route.contentType ?? 'application/json'];
  const content = Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, { schema }]));
  return { requestBody: { required: !route.body.isOptional(), content } };
};
