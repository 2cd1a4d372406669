import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { WebhookAnswer, WebhookSender } from '@agent-harbor/core';
import { Agent, type Dispatcher, request } from 'undici';
import { permits } from './networks.ts';
import { newSecret, signatureHeaders } from './sign.ts';

/** How requests are made. All times are milliseconds. */
export interface WebhookSenderOptions {
  /** Networks that may be called although they are not public, as `10.1.0.0/16`. */
  readonly networks?: readonly string[] | undefined;
  /** Until there is a connection. Default 5,000. */
  readonly connectMs?: number | undefined;
  /** Until the receiver has answered, the connection included. Default 10,000. */
  readonly answerMs?: number | undefined;
  /** How long the body of the answer, in which nobody is interested, is waited for. Default 1,000. */
  readonly bodyMs?: number | undefined;
  readonly userAgent?: string | undefined;
  /** Finds the addresses of a name; the system's resolver if absent. */
  readonly lookup?: LookupFunction | undefined;
}

const privateAddress = 'AH_PRIVATE_ADDRESS';
const remedy = 'start the server with --webhook-network and its network if it is to be called';
/** So much of an answer is read, so that the connection can be used again, bytes. */
const bodyLimit = 16 * 1024;

/** Makes signed requests, to addresses that may be called and to no others. */
export const createWebhookSender = (
  options: WebhookSenderOptions = {},
): WebhookSender & { close(): Promise<void> } => {
  const { networks = [], connectMs = 5_000, answerMs = 10_000, bodyMs = 1_000 } = options;
  const { userAgent = 'agent-harbor', lookup = systemLookup } = options;
  const isPermitted = permits(networks);
  const agent = new Agent({
    connect: { timeout: connectMs, lookup: checkedLookup(lookup, isPermitted) },
    // One message at a time on a connection: what stalls holds nothing else.
    pipelining: 1,
    headersTimeout: answerMs,
    bodyTimeout: bodyMs,
    maxHeaderSize: 16 * 1024,
    keepAliveTimeout: 10_000,
  });

  /** A name is looked at when it is connected to; an address in the url is connected to as it is. */
  const refusal = (url: string): string | undefined => {
    if (!URL.canParse(url)) return 'cannot be read as a url';
    const { hostname, protocol, username, password } = new URL(url);
    if (!/^https?:$/.test(protocol) || username + password !== '') return 'is no http(s) url without a user';
    const host = hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
    const isLocal = host === 'localhost' || host.endsWith('.localhost');
    if (isIP(host) === 0 && !isLocal) return undefined;
    return isPermitted(isLocal ? '127.0.0.1' : host)
      ? undefined
      : `is at ${host}, which is no public address: ${remedy}`;
  };

  return {
    refusal,
    newSecret,
    async send(asked, signal) {
      if (refusal(asked.url) !== undefined) return failed(privateAddress);
      const limit = AbortSignal.timeout(answerMs);
      try {
        const answer = await request(asked.url, {
          dispatcher: agent,
          method: 'POST',
          headers: {
            'content-type': 'application/json; charset=utf-8',
            'user-agent': userAgent,
            ...signatureHeaders(asked, asked.secrets),
          },
          body: asked.body,
          signal: AbortSignal.any([signal, limit]),
        });
        await discard(answer.body, bodyMs);
        return {
          kind: 'answered',
          status: answer.statusCode,
          retryAfterMs: retryAfter(answer.headers['retry-after'], Date.now()),
        };
      } catch (error) {
        if (signal.aborted) throw error;
        return failed(limit.aborted ? 'UND_ERR_HEADERS_TIMEOUT' : codeOf(error));
      }
    },
    close: () => agent.destroy(),
  };
};

/**
 * The addresses of a name that may be called. The socket is connected to one of them: between the look and the
 * connection no other name server is asked, so a name cannot become another address meanwhile.
 */
const checkedLookup =
  (lookup: LookupFunction, isPermitted: (address: string) => boolean): LookupFunction =>
  (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, []);
      const all = typeof found === 'string' ? [{ address: found, family: isIP(found) }] : found;
      const permitted = all.filter(({ address }) => isPermitted(address));
      const [first] = permitted;
      if (first === undefined) {
        return done(
          Object.assign(new Error(`${hostname} has no public address`), { code: privateAddress }),
          [],
        );
      }
      return options.all === true ? done(null, permitted) : done(null, first.address, first.family);
    });
  };

const discard = async (body: Dispatcher.ResponseData['body'], bodyMs: number): Promise<void> => {
  try {
    await body.dump({ limit: bodyLimit, signal: AbortSignal.timeout(bodyMs) });
  } catch {
    // The status was said; what else there is to say is of no interest.
    body.destroy();
  }
};

/** Seconds or a date, as HTTP has it. */
const retryAfter = (header: string | string[] | undefined, now: number): number | undefined => {
  if (typeof header !== 'string') return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
};

const codeOf = (error: unknown): string => {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  return typeof inner === 'object' && inner !== null && 'code' in inner ? String(inner.code) : '';
};

const reasons: Readonly<Record<string, string>> = {
  [privateAddress]: `The url leads to no public address: ${remedy}.`,
  UND_ERR_CONNECT_TIMEOUT: 'There was no connection in time.',
  UND_ERR_HEADERS_TIMEOUT: 'There was no answer in time.',
  UND_ERR_HEADERS_OVERFLOW: 'The headers of the answer are too large.',
  UND_ERR_SOCKET: 'The connection was closed before there was an answer.',
  ECONNREFUSED: 'The connection was refused.',
  ECONNRESET: 'The connection was closed before there was an answer.',
  ENOTFOUND: 'There is no host of that name.',
  EAI_AGAIN: 'The name of the host could not be looked up.',
};

const failed = (code: string): WebhookAnswer => ({
  kind: 'failed',
  reason: reasons[code] ?? `The request failed${code === '' ? '' : `: ${code}`}.`,
});
