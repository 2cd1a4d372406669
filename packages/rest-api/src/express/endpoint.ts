import type { AppRoute } from '@ts-rest/core';
import { type AppRouteImplementation, createExpressEndpoints } from '@ts-rest/express';
import { type Request, type Response, Router } from 'express';
import type { Api } from '../api.ts';
import type { Answer } from '../http/answer.ts';
import type { Body } from '../http/body/read-body.ts';
import type { Entered } from '../http/exchange.ts';
import type { Route } from '../http/route.ts';
import { invalidRequest, type RawInput } from '../http/validate.ts';

/** What is known of a request when its endpoint takes it over. */
export interface Visit {
  readonly entered: Entered;
  readonly body: Body;
}

/**
 * Whether ts-rest takes the requests of a route: it writes values of one media type. What is read may be text already,
 * which it would encode again.
 */
export const isTyped = ({ policy, schema }: Route): boolean =>
  Object.keys(policy.media).length === 0 && schema.method !== 'GET';

/** One route as ts-rest mounts it: it parses by the contract's schemas, calls us, and writes what we say. */
export const createEndpoint = (api: Api, route: Route, visitOf: (request: Request) => Visit): Router => {
  const router = Router();
  const respond = async ({ params, query, headers, body, req, res }: RawInput & Taken) => {
    const visit = visitOf(req);
    const answer = await api.perform(visit.entered, { params, query, headers, body }, visit.body);
    res.sendDate = false;
    for (const name in answer.headers) res.setHeader(name, answer.headers[name] ?? '');
    return { status: answer.status, body: bodyOf(answer) };
  };
  createExpressEndpoints<{ route: AppRoute }>(
    { route: route.schema },
    // ts-rest types an answer by the route's own literals; this one is any route, and its replies are typed by their handlers.
    { route: respond as AppRouteImplementation<AppRoute> },
    router,
    {
      logInitialization: false,
      jsonQuery: false,
      // Replies are held against the contract by the pipeline, where every skin has them.
      responseValidation: false,
      requestValidationErrorHandler: ({ pathParams, headers, query, body }, _request, _response, next) => {
        next(invalidRequest([pathParams, headers, query, body]));
      },
    },
  );
  return router;
};

/** What ts-rest adds to the parsed request. */
interface Taken {
  readonly req: Request;
  readonly res: Response;
}

const bodyOf = ({ payload }: Answer): unknown =>
  payload.kind === 'json' ? payload.value : payload.kind === 'text' ? payload.text : undefined;
