import { Problem } from '@agent-harbor/core';

/** What the CORS protocol adds to an answer. */
type CorsHeaders = Readonly<Record<string, string>>;

/** Answer headers that scripts of an allowed origin may read. */
const exposed = [
  'ETag',
  'Idempotency-Replayed',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-Request-Id',
].join(', ');

const accepted = [
  'Accept',
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'X-API-Key',
  'X-Request-Id',
  'traceparent',
].join(', ');

export interface OriginCheck {
  /**
   * The CORS headers of the answer. Refuses a change of state that a page of another origin asks for; reading is
   * harmless without CORS headers, as the browser then keeps the answer from the page.
   */
  check(method: string, headers: Readonly<Record<string, string>>): CorsHeaders;
  /** The answer's headers for a preflight request of an allowed origin; undefined when it is not one. */
  preflight(method: string, headers: Readonly<Record<string, string>>): CorsHeaders | undefined;
}

/** `allowed` holds whole origins: scheme, host and port; `*` is every origin. */
export const createOriginCheck = (allowed: readonly string[]): OriginCheck => {
  const origins = new Set(allowed.map((origin) => origin.toLowerCase().replace(/\/$/, '')));
  const isAllowed = (origin: string | undefined): origin is string =>
    origin !== undefined && (origins.has('*') || origins.has(origin.toLowerCase()));
  const vary: CorsHeaders = origins.size === 0 ? {} : { vary: 'Origin' };

  return {
    check(method, headers) {
      const { origin } = headers;
      if (isAllowed(origin)) {
        return { ...vary, 'access-control-allow-origin': origin, 'access-control-expose-headers': exposed };
      }
      const foreign =
        origin === undefined ? headers['sec-fetch-site'] === 'cross-site' : !isOwn(origin, headers.host);
      if (foreign && method !== 'GET' && method !== 'HEAD') {
        throw new Problem('forbidden', {
          detail: 'A page of another origin asked for this; the server does not allow that origin.',
        });
      }
      return vary;
    },
    preflight(method, headers) {
      if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return undefined;
      if (!isAllowed(headers.origin)) return undefined;
      return {
        ...vary,
        'access-control-allow-origin': headers.origin,
        'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE',
        'access-control-allow-headers': accepted,
        'access-control-max-age': '600',
        // A page of the public web that calls a server on its own machine: browsers ask for that apart.
        ...(headers['access-control-request-private-network'] === 'true'
          ? { 'access-control-allow-private-network': 'true' }
          : {}),
      };
    },
  };
};

/** Whether the origin is this server under the name it was called by. The Host check has approved that name. */
const isOwn = (origin: string, host: string | undefined): boolean =>
  host !== undefined &&
  (origin.toLowerCase() === `http://${host}`.toLowerCase() ||
    origin.toLowerCase() === `https://${host}`.toLowerCase());
