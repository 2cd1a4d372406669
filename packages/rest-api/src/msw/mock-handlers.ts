import { type Clock, createSeededIds, type Harbor, Problem } from '@agent-harbor/core';
import type { HttpHandler } from 'msw';
import { type ApiOptions, createApi } from '../api.ts';
import { createHandlers, type HandlersOptions } from './handlers.ts';

/** What a mock is made of: a client of `@agent-harbor/mock-client` has both. */
export interface MockSource {
  readonly harbor: Harbor;
  readonly clock: Clock;
}

/** Everything else has a usual value; nobody needs a credential unless `credentials` are given. */
export interface MockHandlersOptions extends HandlersOptions, Partial<Omit<ApiOptions, 'harbor' | 'clock'>> {}

/**
 * A mock as request handlers of MSW, for a page whose tests and stories need no server. In a browser they go into
 * `setupWorker`, in Node into `setupServer`:
 *
 * ```ts
 * const mock = createMockClient();
 * const worker = setupWorker(...createMockHandlers(mock, { base: 'http://localhost:3001' }));
 * ```
 */
export const createMockHandlers = (
  { harbor, clock }: MockSource,
  { base, ...options }: MockHandlersOptions = {},
): HttpHandler[] => {
  const api = createApi({
    ids: createSeededIds('requests'),
    credentials: null,
    version: { name: 'agent-harbor-mock', version: '0.0.0', apiVersion: 'v1' },
    openapi: noDocument,
    rateLimit: { quota: 60_000, windowSeconds: 60 },
    checksReplies: true,
    ...options,
    harbor,
    clock,
  });
  return createHandlers(api, { base });
};

/** Making it takes a schema generator that a page has no other use for. */
const noDocument = (): never => {
  throw new Problem('route-not-found', {
    detail:
      'This mock has no OpenAPI document. Give `createMockHandlers` the option `openapi` if a test needs it.',
  });
};
