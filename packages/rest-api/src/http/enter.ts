import { type Clock, Problem } from '@agent-harbor/core';
import { readAccept } from './accept.ts';
import { authenticate } from './access/authenticate.ts';
import { type Caller, type Credentials, covers } from './access/credentials.ts';
import type { createHostCheck } from './access/host.ts';
import type { OriginCheck } from './access/origin.ts';
import { addressKey, type RateLimiter } from './access/rate-limit.ts';
import type { Answer } from './answer.ts';
import type { Entered, Exchange } from './exchange.ts';
import { checkFraming } from './framing.ts';
import type { PageAssets } from './pages/assets.ts';
import type { createAcceptCheck } from './produces.ts';
import type { Route } from './route.ts';
import type { Found, Router } from './router.ts';
import { readQuery, readTarget, type Target } from './target.ts';
import { checkText } from './validate.ts';

/** What decides whether a request may be answered. */
export interface Gate {
  readonly router: Router;
  readonly checkHost: ReturnType<typeof createHostCheck>;
  readonly origins: OriginCheck;
  readonly credentials: Credentials | null;
  readonly limiter: RateLimiter;
  readonly checkAccept: ReturnType<typeof createAcceptCheck>;
  readonly assets: PageAssets;
  readonly clock: Clock;
}

/**
 * The way in, in this order: framing, host, origin, route, limit, credential, role, media type. A stranger learns from
 * it only what is public. Gives an answer where no route is needed, throws a problem where there is none to give.
 */
export const enter = (gate: Gate, exchange: Exchange): Entered | Answer | Promise<Entered | Answer> => {
  const { incoming, headers } = exchange;
  checkFraming(incoming);
  const target = readTarget(incoming.target);
  const found = gate.router.find(incoming.method, target.segments);
  const route = found.kind === 'route' ? found.route : undefined;
  if (route?.policy.anyHost !== true) gate.checkHost(headers.host ?? '');
  if (route !== undefined) exchange.route = route;

  const preflight = gate.origins.preflight(incoming.method, headers);
  if (preflight !== undefined) return { status: 204, headers: preflight, payload: { kind: 'none' } };
  exchange.cors = gate.origins.check(incoming.method, headers);

  const asked = authenticate(gate.credentials, headers);
  // Nothing is waited for that is there: a turn of the queue for every request is one too many.
  return asked instanceof Promise
    ? asked.then<Entered | Answer>((caller) => admitKnown(gate, exchange, target, found, caller))
    : admitKnown(gate, exchange, target, found, asked);
};

/** The rest of the way, once it is known who calls. */
const admitKnown = (
  gate: Gate,
  exchange: Exchange,
  target: Target,
  found: Found,
  caller: Caller | undefined,
): Entered | Promise<Answer> => {
  exchange.caller = caller;
  takeAllowance(gate.limiter, exchange);
  if (found.kind !== 'route') return withoutRoute(gate, exchange, found);
  const accept = readAccept(exchange.headers.accept);
  const admitted = admit(found.route, caller);
  gate.checkAccept(found.route, accept);
  const query = readQuery(target.query);
  if (!target.isPlain) checkText(found.params, query);
  return {
    exchange,
    route: found.route,
    caller: admitted,
    params: found.params,
    query,
    queryText: target.query,
    accept,
  };
};

const withoutRoute = async (
  gate: Gate,
  { incoming, path }: Exchange,
  found: Exclude<Found, { kind: 'route' }>,
): Promise<Answer> => {
  const asset = await gate.assets(incoming.method, path);
  if (asset !== undefined) return asset;
  if (found.kind === 'path-missing') throw new Problem('route-not-found');
  throw new Problem('method-not-allowed', { allow: found.allow });
};

/** Counts the request against its caller, or the address it came from. Probes are never refused. */
const takeAllowance = (limiter: RateLimiter, exchange: Exchange): void => {
  const isProbe = exchange.route?.policy.anyHost === true;
  const key =
    exchange.caller === undefined ? addressKey(exchange.incoming.address) : `caller:${exchange.caller.id}`;
  const allowance = limiter.take(key, isProbe ? 0 : 1);
  exchange.allowance = allowance;
  if (allowance.isExceeded && !isProbe) {
    throw new Problem('rate-limited', { retryAfterSeconds: allowance.resetSeconds });
  }
};

/** Whoever calls a public route without a credential. */
const stranger: Caller = { id: 'stranger', role: 'viewer', scope: { tenantId: '' } };

const admit = (route: Route, caller: Caller | undefined): Caller => {
  if (route.policy.role === 'public') return caller ?? stranger;
  if (caller === undefined) throw new Problem('unauthorized');
  if (!covers(caller.role, route.policy.role)) {
    throw new Problem('forbidden', {
      detail: `This route asks for the role ${route.policy.role}; the caller has ${caller.role}.`,
    });
  }
  return caller;
};
