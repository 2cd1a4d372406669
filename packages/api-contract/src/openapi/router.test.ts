import { isAppRoute, isAppRouteNoBody, isAppRouteOtherResponse } from '@ts-rest/core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { contract } from '../contract.ts';
import { isPolicy } from '../policy.ts';
import { document, operations, parametersOf } from '../testing/document.ts';

// Reads the router by itself, not by the generator's own walk: one line for each thing a caller can meet.
const routes = Object.values(contract).flatMap((area) => Object.values(area));

const inRouter = (): string[] =>
  routes.flatMap((route) => {
    if (!isAppRoute(route) || !isPolicy(route.metadata)) throw new Error('not a route');
    const { metadata } = route;
    const where = `${route.method} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}`;
    return Object.entries(route.responses).flatMap(([status, response]) => {
      if (isAppRouteNoBody(response)) return [`${where} ${status} (no body)`];
      const mediaType = isAppRouteOtherResponse(response) ? response.contentType : 'application/json';
      return [mediaType, ...(metadata.media[Number(status)] ?? [])].map(
        (each) => `${where} ${status} ${each}`,
      );
    });
  });

const inDocument = (): string[] =>
  operations.flatMap(({ path, method, operation }) =>
    Object.entries(operation.responses ?? {}).flatMap(([status, response]: [string, unknown]) => {
      const media = mediaTypesOf(response);
      if (media.length === 0) return [`${method} ${path} ${status} (no body)`];
      return media.map((mediaType) => `${method} ${path} ${status} ${mediaType}`);
    }),
  );

const Response = z.object({ content: z.record(z.unknown()).default({}) });
const Reference = z.object({ $ref: z.string().startsWith('#/components/responses/') });

const mediaTypesOf = (response: unknown): string[] => {
  const reference = Reference.safeParse(response);
  const found = reference.success
    ? document.components?.responses?.[reference.data.$ref.split('/').at(-1) ?? '']
    : response;
  return Object.keys(Response.parse(found).content);
};

test('the document has every route, method, status and media type of the router, and no other', () => {
  expect(inDocument().sort()).toEqual(inRouter().sort());
});

test('every error is a problem', () => {
  for (const line of inDocument()) {
    const [, , status, mediaType] = line.split(' ');
    if (Number(status) >= 400) expect(mediaType, line).toBe('application/problem+json');
  }
});

describe.each(operations)('$method $path', ({ path, method, operation }) => {
  const route = routes.find(
    (each) => each.method === method && each.path === path.replaceAll(/\{(\w+)\}/g, ':$1'),
  );
  const names = (schema: unknown) => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : []);
  const described = (place: string) =>
    parametersOf(operation)
      .filter((parameter) => parameter.in === place)
      .map(({ name }) => (place === 'header' ? name.toLowerCase() : name));

  test('has the parameters of the route', () => {
    if (route === undefined || !isAppRoute(route)) throw new Error('no such route');
    expect(described('path')).toEqual(names(route.pathParams));
    expect(described('path')).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    expect(described('query')).toEqual(names(route.query));
    expect(described('header')).toEqual(names(route.headers));
    expect(described('cookie')).toEqual([]);
  });

  test('has a body when the route has one', () => {
    if (route === undefined || !isAppRoute(route)) throw new Error('no such route');
    const takesBody = 'body' in route && route.body instanceof z.ZodType;
    expect(operation.requestBody !== undefined).toBe(takesBody);
    if (takesBody) expect(operation.requestBody).toMatchObject({ content: { 'application/json': {} } });
  });

  test('takes an Idempotency-Key when it is a POST', () => {
    if (route === undefined || !isPolicy(route.metadata)) throw new Error('no policy');
    expect(described('header').includes('idempotency-key')).toBe(method === 'POST');
    expect(route.metadata.idempotent).toBe(method === 'POST');
  });

  test('says what a reader of a stream gets', () => {
    expect(JSON.stringify(operation.responses).includes('x-frame-data')).toBe(
      /\/(events|pty|stream)$/.test(path),
    );
  });
});
