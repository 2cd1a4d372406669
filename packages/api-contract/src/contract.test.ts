import { isAppRoute, isAppRouteNoBody } from '@ts-rest/core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { contract, isPolicy } from './index.ts';
import { isProblemCode, problems } from './problem.ts';
import { anyRoute } from './routes/router.ts';
import { EventBody, EventType, SessionEvent } from './schemas/index.ts';
import { partsOf } from './testing/mutate.ts';

const routes = Object.entries(contract).flatMap(([area, members]) =>
  Object.entries(members).map(([name, route]) => {
    if (!isAppRoute(route) || !isPolicy(route.metadata))
      throw new Error(`${area}.${name} is no route with a policy`);
    return { title: `${area}.${name}`, route, policy: route.metadata };
  }),
);

test('no two routes share a method and a path', () => {
  const places = routes.map(({ route }) => `${route.method} ${route.path.replaceAll(/:\w+/g, ':')}`);
  expect(places).toEqual([...new Set(places)]);
});

/** A url may hold a token of its receiver, and whoever makes a webhook takes everything out that happens. */
const operatorsRead = ['webhooks.list', 'webhooks.get', 'webhooks.deliveries'];
const adminsAct = ['webhooks.create', 'webhooks.update', 'webhooks.delete', 'webhooks.rotate'];

describe.each(routes)('$title', ({ title, route, policy }) => {
  test('stands under /api/v1, or is one of the few beside it', () => {
    const beside = ['/healthz', '/readyz', '/version', '/metrics', '/api/docs', '/problems/:code'];
    expect(route.path.startsWith('/api/v1/') || beside.includes(route.path)).toBe(true);
  });

  test('lets viewers read and operators act', () => {
    // What reads from a url of the caller's choice makes the host act.
    const isActing = route.method !== 'GET' || route.path === '/api/v1/git/refs';
    const acts = isActing && !adminsAct.includes(title);
    expect(policy.role === 'operator').toBe(acts || operatorsRead.includes(title));
    expect(policy.role === 'admin').toBe(adminsAct.includes(title));
    expect(policy.anyHost).toBe(['/healthz', '/readyz', '/version'].includes(route.path));
  });

  test('refuses members it does not know, at every level', () => {
    const { query } = route;
    const request = [query, 'body' in route ? route.body : undefined];
    for (const part of request.flatMap((schema) =>
      schema instanceof z.ZodType ? [...partsOf(schema)] : [],
    )) {
      if (part instanceof z.ZodObject)
        expect(part._def.unknownKeys, Object.keys(part.shape).join()).toBe('strict');
    }
  });

  test('declares every problem any route can answer with', () => {
    for (const status of Object.keys(anyRoute)) expect(Object.keys(route.responses)).toContain(status);
  });

  test('has no body where HTTP has none', () => {
    for (const status of [204, 304]) {
      const response = route.responses[status];
      if (response !== undefined) expect(isAppRouteNoBody(response)).toBe(true);
    }
  });

  test('names other media only for statuses it has', () => {
    for (const status of Object.keys(policy.media)) expect(Object.keys(route.responses)).toContain(status);
  });
});

describe('problems', () => {
  const declared = new Set(routes.flatMap(({ route }) => Object.keys(route.responses).map(Number)));

  test('every code has a status that some route declares; 499 stays with the caller', () => {
    for (const { status } of Object.values(problems))
      expect(declared.has(status) || status === 499).toBe(true);
  });

  test('every status of a problem has a code', () => {
    const known = new Set<number>(Object.values(problems).map(({ status }) => status));
    for (const status of declared) expect(status < 400 || known.has(status)).toBe(true);
  });

  test('every code is lower-case words, and reads as a sentence to those it happens to', () => {
    for (const [code, { title, remedy }] of Object.entries(problems)) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(title).toMatch(/^[A-Z].*[^.]$/);
      expect(remedy).toMatch(/^[A-Z].*\.$/);
    }
  });

  test('a code of somebody else is none of ours', () => {
    expect(isProblemCode('session-not-found')).toBe(true);
    for (const name of ['constructor', '__proto__', 'toString', '', 'SESSION-NOT-FOUND']) {
      expect(isProblemCode(name)).toBe(false);
    }
  });
});

test('filters, events and their bodies know the same types', () => {
  const typesOf = ({ optionsMap }: typeof SessionEvent | typeof EventBody) => [...optionsMap.keys()];
  expect(typesOf(SessionEvent)).toEqual(EventType.options);
  expect(typesOf(EventBody)).toEqual(EventType.options);
});
