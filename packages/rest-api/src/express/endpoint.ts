import type { AppRoute } from '@ts-rest/core';
import {
  type AppRouteImplementation,
  createExpressEndpoints,
  RequestValidationError,
} from '@ts-rest/express';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Api } from '../api.ts';
import type { Answer } from '../http/answer.ts';
import type { Body } from '../http/body/read-body.ts';
import type { Entered } from '../http/exchange.ts';
import type { Route } from '../http/route.ts';
import { invalidRequest, type RawInput } from '../http/validate.ts';

/** Answers a request that was let in and whose body was read. Rejects with a problem for `fail`. */
export type Endpoint = (entered: Entered, body: Body) => Promise<Answer>;

/**
 * Whether ts-rest takes the requests of a route: it answers with values of one media type. What is read may be text
 * already, which it would encode again.
 */
export const isTyped = ({ policy, schema }: Route): boolean =>
  Object.keys(policy.media).length === 0 && schema.method !== 'GET';

/** What is known of a request when its endpoint takes it over. */
interface Visit {
  readonly entered: Entered;
  readonly body: Body;
  readonly answered: (answer: Answer) => void;
}

/**
 * One route as ts-rest mounts it on Express: it parses by the contract's schemas and calls us. Its handler is called by
 * itself, with what it looks at in place of a request: the way through Express's layers, which would find the route once
 * more and dress request and response for it, costs as much as all the rest.
 */
export const createEndpoint = (api: Api, route: Route): Endpoint => {
  const router = Router();
  const respond = async ({ params, query, headers, body, req }: RawInput & { readonly req: Visited }) => {
    const answer = await api.perform(req.visit.entered, { params, query, headers, body }, req.visit.body);
    req.visit.answered(answer);
    return { status: answer.status, body: undefined };
  };
  createExpressEndpoints<{ route: AppRoute }>(
    { route: route.schema },
    // ts-rest types an answer by the route's own literals; this one is any route, and its replies are typed by their handlers.
    { route: respond as unknown as AppRouteImplementation<AppRoute> },
    router,
    // Replies are held against the contract by the pipeline, where every skin has them.
    { logInitialization: false, jsonQuery: false, responseValidation: false },
  );
  const handle: RequestHandler | undefined = router.stack[0]?.route?.stack.at(-1)?.handle;
  if (handle === undefined) throw new Error(`ts-rest has mounted no handler for ${route.name}`);
  return (entered, body) =>
    new Promise((answered, reject) => {
      const { params, query, exchange } = entered;
      const visit: Visit = { entered, body, answered };
      const request: Visited = { params, query, headers: exchange.headers, body: body.value, visit };
      const failed = (error: unknown) => reject(isRefusal(error) ? problemOf(error) : error);
      // Nothing of them is used but what is here.
      handle(request as unknown as Request, silentResponse as unknown as Response, failed);
    });
};

/** What ts-rest looks at in a request, and what we find again in it. */
interface Visited extends RawInput {
  readonly visit: Visit;
}

/** Where ts-rest writes its answer: ours is written by the skin. */
const silentResponse = {
  status: () => silentResponse,
  json: () => undefined,
  send: () => undefined,
  end: () => undefined,
  setHeader: () => undefined,
};

const isRefusal = (error: unknown): error is RequestValidationError =>
  error instanceof RequestValidationError;

const problemOf = ({ pathParams, headers, query, body }: RequestValidationError) =>
  invalidRequest([pathParams, headers, query, body]);
