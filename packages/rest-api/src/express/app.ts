import type { RequestListener, ServerResponse } from 'node:http';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { Api } from '../api.ts';
import type { Exchange } from '../http/exchange.ts';
import { readQuery } from '../http/target.ts';
import { createEndpoint, isTyped, type Visit } from './endpoint.ts';
import { incomingFrom } from './incoming.ts';
import { createCallerAddress } from './proxies.ts';
import { send } from './send.ts';

/** What the skin has to know of its surroundings. */
export interface ExpressOptions {
  /** Addresses and networks whose `X-Forwarded-For` is believed. None by default. */
  readonly trustedProxies?: readonly string[] | undefined;
}

/**
 * The API as an Express app. The way in is the pipeline's: it finds the route in a tree, applies its policy and hands
 * over. What changes something goes to @ts-rest/express; what reads is validated and written by us.
 */
export const createExpressApp = (api: Api, { trustedProxies = [] }: ExpressOptions = {}): Express => {
  const callerAddress = createCallerAddress(trustedProxies);
  const exchanges = new WeakMap<Request, Exchange>();
  const visits = new WeakMap<Request, Visit>();
  const visitOf = (request: Request): Visit => {
    const visit = visits.get(request);
    if (visit === undefined) throw new Error('an endpoint was reached around the way in');
    return visit;
  };
  const endpoints = new Map(
    api.routes.filter(isTyped).map((route) => [route.name, createEndpoint(api, route, visitOf)]),
  );

  const enter = async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    const exchange = api.begin(incomingFrom(request, response, callerAddress));
    exchanges.set(request, exchange);
    const entered = await api.enter(exchange);
    if (!('route' in entered)) return send(response, entered);
    const endpoint = endpoints.get(entered.route.name);
    // ts-rest writes whole answers only; what is played around one may be anything.
    if (endpoint === undefined || entered.around !== undefined) {
      return send(response, await api.answer(entered));
    }
    const body = await api.readBody(entered);
    visits.set(request, { entered, body });
    request.body = body.value;
    endpoint(request, response, (error) => next(error ?? new Error(`Express has no ${entered.route.name}`)));
  };

  const app = express();
  // Each of these costs time on every request, and ours are done once for all skins.
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', (query: string | null) => readQuery(query ?? ''));
  app.use((request: Request, response: Response, next: NextFunction) => {
    enter(request, response, next).catch(next);
  });
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    const exchange = exchanges.get(request);
    if (exchange === undefined) return next(error);
    send(response, api.fail(exchange, error)).catch(next);
  });
  return app;
};

/**
 * The same for a server of our own. What only reads is answered before Express has seen it: its layers cost as much
 * as all the rest of such a request.
 */
export const createListener = (api: Api, options: ExpressOptions = {}): RequestListener => {
  const app = createExpressApp(api, options);
  const callerAddress = createCallerAddress(options.trustedProxies ?? []);
  const read = async (exchange: Exchange, response: ServerResponse): Promise<void> => {
    try {
      const entered = await api.enter(exchange);
      await send(response, 'route' in entered ? await api.answer(entered) : entered);
    } catch (error) {
      await send(response, api.fail(exchange, error));
    }
  };
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return app(request, response);
    read(api.begin(incomingFrom(request, response, callerAddress)), response).catch(() => response.destroy());
  };
};
