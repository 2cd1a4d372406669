import { contract } from '@agent-harbor/api-contract';
import type { JsonObject, Version } from '@agent-harbor/api-contract/schemas';
import {
  type Clock,
  type Family,
  type Harbor,
  type Ids,
  type Log,
  type Metrics,
  type Scope,
  type Span,
  silent,
  steady,
  type Tracer,
  uncounted,
  untraced,
} from '@agent-harbor/core';
import { features } from './features/index.ts';
import type { Credentials } from './http/access/credentials.ts';
import { createHostCheck } from './http/access/host.ts';
import { createOriginCheck } from './http/access/origin.ts';
import { createRateLimiter, type RateLimit } from './http/access/rate-limit.ts';
import type { Answer } from './http/answer.ts';
import type { Around, Visit } from './http/around.ts';
import { expectBody, mayHaveBody } from './http/body/expect-body.ts';
import { type Body, emptyBody, readBody } from './http/body/read-body.ts';
import { type AnyCall, Call } from './http/call.ts';
import { conclude } from './http/conclude.ts';
import { enter, type Gate } from './http/enter.ts';
import { formats } from './http/event-stream/format.ts';
import { type Patience, pump, usualPatience } from './http/event-stream/pump.ts';
import { createStreams } from './http/event-stream/streams.ts';
import { beginExchange, type Entered, type Exchange } from './http/exchange.ts';
import { answerOnce } from './http/idempotency.ts';
import type { Incoming } from './http/incoming.ts';
import { mount } from './http/mount.ts';
import { type AssetReader, createPageAssets } from './http/pages/assets.ts';
import { problemAnswer, problemOf } from './http/problem.ts';
import { createAcceptCheck } from './http/produces.ts';
import { type Rendering, render } from './http/render.ts';
import { requestIdOf } from './http/request-id.ts';
import type { Route } from './http/route.ts';
import { createRouter } from './http/router.ts';
import { type RawInput, validate } from './http/validate.ts';
import { writeBytes } from './http/write-bytes.ts';
import type { Service } from './service.ts';

/** What the contract is served with. */
export interface ApiOptions {
  readonly harbor: Harbor;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Who may call; null lets everybody do everything. */
  readonly credentials: Credentials | null;
  readonly version: Version;
  /** The contract as an OpenAPI document. */
  readonly openapi: () => JsonObject;
  /** Host names the server answers for besides the loopback ones, each with or without a port. */
  readonly publicHosts?: readonly string[] | undefined;
  /** Origins whose pages may call, as `https://host:port`; `*` for all. None by default. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Per caller; 6,000 requests a minute by default. */
  readonly rateLimit?: RateLimit | undefined;
  /** The files of the documentation page; without them it only links to the document. */
  readonly assets?: AssetReader | undefined;
  /** Whether every reply is held against the contract before it is sent: for tests and the mock server. */
  readonly checksReplies?: boolean | undefined;
  /** Routes of another contract, served beside ours by the same pipeline: see `mount`. */
  readonly further?: readonly Route[] | undefined;
  /** What to play around the answer to a request of our contract; undefined leaves it alone. For mocks. */
  readonly around?: ((visit: Visit) => Around | undefined) | undefined;
  /** How long a stream lasts before its reader is sent for another, and how long a reader may not read. */
  readonly patience?: Partial<Patience> | undefined;
  readonly log?: Log | undefined;
  /** Is told of requests and streams, to count them. */
  readonly metrics?: Metrics | undefined;
  readonly tracer?: Tracer | undefined;
  /** What `GET /metrics` shows; the harbor's own figures when absent. */
  readonly figures?: (() => Promise<readonly Family[]>) | undefined;
}

/**
 * The contract, served, without a web server. `handle` answers a whole request; the steps before it are for skins
 * with a router and validation of their own. Every `Answer` is complete: a skin only writes it.
 */
export interface Api {
  readonly routes: readonly Route[];
  /** From the request to the answer. Never rejects: what fails is answered with a problem. */
  handle(incoming: Incoming): Promise<Answer>;

  /** The request with its id and what every answer to it carries: the first of the steps a skin may take itself. */
  begin(incoming: Incoming): Exchange;
  /** Throws a problem for `fail`, or rejects with one where it has to wait. */
  enter(exchange: Exchange): Entered | Answer | Promise<Entered | Answer>;
  /** Reads, validates and answers. Rejects with a problem for `fail`. */
  answer(entered: Entered): Promise<Answer>;
  /** Reads the body of a route that may have one. Rejects with a problem for `fail`. */
  readBody(entered: Entered): Promise<Body>;
  /** Answers a request the contract's schemas have read. Rejects with a problem for `fail`. */
  perform(entered: Entered, input: RawInput, body: Body): Promise<Answer>;
  /** The answer to anything that was thrown. */
  fail(exchange: Exchange, error: unknown): Answer;

  /** Ends every stream, so that its reader comes back to another server; resolves when none is left. */
  stop(): Promise<void>;
  readonly isStopping: boolean;
}

const usualLimit: RateLimit = { quota: 6_000, windowSeconds: 60 };

/** Throws by name when the contract and the handlers do not match. */
export const createApi = (options: ApiOptions): Api => {
  const { harbor, clock, ids, log = silent, metrics = uncounted, tracer = untraced } = options;
  const own = mount(contract, features);
  const routes = [...own, ...(options.further ?? [])];
  const streams = createStreams();
  const patience = { ...usualPatience, ...options.patience };
  const limiter = createRateLimiter(options.rateLimit ?? usualLimit, steady(clock));
  const gate: Gate = {
    router: createRouter(routes),
    checkHost: createHostCheck(options.publicHosts ?? []),
    origins: createOriginCheck(options.allowedOrigins ?? []),
    credentials: options.credentials,
    limiter,
    checkAccept: createAcceptCheck(routes),
    assets: createPageAssets(options.assets),
    clock,
  };
  const service: Service = {
    version: options.version,
    openapi: options.openapi,
    figures: options.figures ?? harbor.figures,
    readiness: async () => [
      ...(streams.isStopping ? ['the server is stopping'] : []),
      ...(await harbor.readiness()),
    ],
  };
  const viewOf = (scope: Scope) => (scope.tenantId === null ? harbor : harbor.within(scope));

  const finish = (exchange: Exchange, answer: Answer): Answer => {
    const finished = conclude(exchange, answer, limiter, clock.now());
    count(exchange, answer.status);
    if (answer.payload.kind !== 'stream') report(exchange, answer.status);
    return finished;
  };
  const spanOf = ({ route, parent, startedAt }: Exchange): Span =>
    tracer.begin({
      name: route === undefined ? 'HTTP' : `${route.schema.method} ${route.schema.path}`,
      parent,
      kind: 'server',
      startedAt,
    });
  /** A stream counts as answered when it begins; how long it lasts says nothing about us. */
  const count = (exchange: Exchange, status: number) => {
    if (exchange.isCounted) return;
    exchange.isCounted = true;
    metrics.requestEnded(exchange.counted, exchange.route?.name ?? '', exchange.incoming.method, status);
  };
  // What nobody hears is not put together: it takes the address, which is dear to ask for.
  const tellsRequests = log.info !== silent.info;
  const report = (exchange: Exchange, status: number) => {
    if (exchange.isReported) return;
    exchange.isReported = true;
    const { requestId, incoming, path, route, caller, startedAt } = exchange;
    // Probes come every few seconds, and nobody asks what became of one.
    if (route?.policy.anyHost !== true) exchange.span ??= spanOf(exchange);
    if (tracer !== untraced) {
      exchange.span?.end(aboutAnswer(exchange, status), status >= 500 ? String(status) : undefined);
    }
    if (!tellsRequests) return;
    const fields = {
      requestId,
      traceId: traceIdOf(exchange),
      method: incoming.method,
      path,
      route: route?.name,
      status,
      caller: caller?.id,
    };
    log.info('request', { ...fields, address: incoming.address, durationMs: clock.now() - startedAt });
  };
  const rendering: Rendering = {
    checksReplies: options.checksReplies ?? false,
    async writeBytes({ exchange }, { bytes }, sink) {
      const { requestId, incoming } = exchange;
      const traceId = traceIdOf(exchange);
      await writeBytes(bytes, sink, {
        clock,
        drainMs: patience.drainMs,
        signal: incoming.signal,
        isHead: incoming.method === 'HEAD',
        onFailure: (error) => log.error('body failed', { requestId, traceId, error }),
      });
      report(exchange, 200);
    },
    writeStream({ exchange }, { stream, format, head = '' }, sink) {
      const { requestId, incoming, path } = exchange;
      const traceId = traceIdOf(exchange);
      const onFailure = (error: unknown) => log.error('stream failed', { requestId, traceId, error });
      const setting = { path, clock, ids, streams, patience, signal: incoming.signal, head, onFailure };
      metrics.streamBegan();
      return pump(stream, sink, formats[format], setting).then((how) => {
        metrics.streamEnded(how, stream.from);
        report(exchange, 200);
      });
    },
  };

  const carryOut = async (entered: Entered): Promise<Answer> => {
    const { route, params, query, queryText, exchange } = entered;
    const body = mayHaveBody(route) ? await api.readBody(entered) : emptyBody;
    const raw = { params, query, queryText, headers: exchange.headers, body: body.value };
    return await api.perform(entered, validate(route, raw), body);
  };
  /** What is done with each request that was let in. */
  const welcome = (entered: Entered | Answer, exchange: Exchange): Entered | Answer => {
    if (!('route' in entered)) return finish(exchange, entered);
    const { route, params } = entered;
    if (!route.policy.anyHost) exchange.span = spanOf(exchange);
    if (options.around === undefined || !own.includes(route)) return entered;
    const visit = { route: route.name, params, signal: exchange.incoming.signal };
    return { ...entered, around: options.around(visit) };
  };

  const api: Api = {
    routes,
    async handle(incoming) {
      const exchange = api.begin(incoming);
      try {
        const entered = await api.enter(exchange);
        return 'route' in entered ? await api.answer(entered) : entered;
      } catch (error) {
        return api.fail(exchange, error);
      }
    },
    answer(entered) {
      const { around } = entered;
      return around === undefined
        ? carryOut(entered)
        : around(() => carryOut(entered).catch((error: unknown) => api.fail(entered.exchange, error)));
    },
    begin: (incoming) =>
      beginExchange(incoming, (sent) => requestIdOf(sent, ids), clock.now(), metrics.requestBegan()),
    enter(exchange) {
      const entered = enter(gate, exchange);
      return entered instanceof Promise
        ? entered.then((known) => welcome(known, exchange))
        : welcome(entered, exchange);
    },
    async readBody({ route, exchange }) {
      return expectBody(route, await readBody(exchange.incoming, exchange.headers, route.policy.readsText));
    },
    async perform(entered, input, body) {
      const { exchange, route, caller, queryText, accept } = entered;
      const { incoming } = exchange;
      const traceparent = exchange.span?.traceparent;
      const view = viewOf(caller.scope);
      const callWith = (effect: AnyCall['effect'], answered?: unknown) =>
        new Call(input, { view, service, accept, effect, answered }, incoming);
      const key = route.policy.idempotent ? exchange.headers['idempotency-key'] : undefined;
      const reply =
        key === undefined
          ? await route.handle(callWith(() => ({ signal: incoming.signal, by: caller.id, traceparent })))
          : await answerOnce(
              harbor,
              { caller, route, key, traceparent, path: exchange.path, query: queryText, body: body.bytes },
              incoming.signal,
              (effect, answered) => route.handle(callWith(effect, answered)),
            );
      return finish(exchange, render(entered, reply, rendering));
    },
    fail(exchange, error) {
      const problem = problemOf(error);
      const { requestId, path } = exchange;
      const { code, detail } = problem;
      const about = { requestId, traceId: traceIdOf(exchange), code };
      if (code === 'internal') log.error('request failed', { ...about, error: problem.cause ?? problem });
      // What is known needs no stack: a disk that is full says so at every request.
      else if (problem.status >= 500) log.warn('request could not be served', { ...about, detail });
      return finish(exchange, problemAnswer(problem, path, requestId));
    },
    stop: () => streams.stop(),
    get isStopping() {
      return streams.isStopping;
    },
  };
  return api;
};

/** By which the log lines of a request are found from its trace. */
const traceIdOf = ({ span, parent }: Exchange): string | undefined =>
  (span?.traceparent ?? parent)?.split('-')[1];

/** What a span tells of a request: never its path, which holds ids and names of files. */
const aboutAnswer = ({ requestId, incoming, route }: Exchange, status: number) => ({
  'http.request.method': incoming.method,
  'http.response.status_code': status,
  'agent_harbor.request.id': requestId,
  ...(route === undefined ? {} : { 'http.route': route.schema.path }),
});
