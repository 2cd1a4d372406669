import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type Express } from 'express';
import type { Api } from '../api.ts';
import type { Exchange } from '../http/exchange.ts';
import { createEndpoint, isTyped } from './endpoint.ts';
import { incomingFrom } from './incoming.ts';
import { createCallerAddress } from './proxies.ts';
import { send } from './send.ts';

/** What the skin has to know of its surroundings. */
export interface ExpressOptions {
  /** Addresses and networks whose `X-Forwarded-For` is believed. None by default. */
  readonly trustedProxies?: readonly string[] | undefined;
}

/** The API as an Express app, to stand alone or in another one. */
export const createExpressApp = (api: Api, options: ExpressOptions = {}): Express => {
  const app = express();
  // Each of these costs time on every request, and ours are done once for all skins.
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(createListener(api, options));
  return app;
};

/**
 * Answers every request. The way in is the pipeline's: it finds the route in a tree, applies its policy and hands over.
 * What changes something goes to the endpoint that @ts-rest/express made of its route; what reads is validated and
 * written by us, as are streams and texts. A server of our own calls it without an app around: Express's layers cost
 * 15 µs for each request.
 */
export const createListener = (api: Api, { trustedProxies = [] }: ExpressOptions = {}): RequestListener => {
  const callerAddress = createCallerAddress(trustedProxies);
  const endpoints = new Map(
    api.routes.filter(isTyped).map((route) => [route.name, createEndpoint(api, route)]),
  );
  const answer = async (exchange: Exchange) => {
    const coming = api.enter(exchange);
    const entered = coming instanceof Promise ? await coming : coming;
    if (!('route' in entered)) return entered;
    const endpoint = endpoints.get(entered.route.name);
    // ts-rest answers as the route declares; what is played around an answer may be anything.
    if (endpoint === undefined || entered.around !== undefined) return await api.answer(entered);
    return await endpoint(entered, await api.readBody(entered));
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const exchange = api.begin(incomingFrom(request, response, callerAddress));
    try {
      await send(response, await answer(exchange));
    } catch (error) {
      await send(response, api.fail(exchange, error));
    }
  };
  return (request, response) => {
    // What cannot even be told has nobody to be told to.
    serve(request, response).catch(() => response.destroy());
  };
};
