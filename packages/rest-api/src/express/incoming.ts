import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem } from '@agent-harbor/core';
import type { Incoming } from '../http/incoming.ts';
import type { CallerAddress } from './proxies.ts';

/** Why an exchange's signal fired: one object for all, as making one costs more than the request. */
const over = new Error('the exchange is over');

/** A request of Node's server as the pipeline reads it. */
export const incomingFrom = (
  request: IncomingMessage,
  response: ServerResponse,
  callerAddress: CallerAddress,
): Incoming => new NodeIncoming(request, response, callerAddress);

/**
 * Most requests ask neither for an address nor for a signal, so both are made for who asks. A class, since an object with
 * getters of its own would get a shape of its own, which holds request and response until the next large collection.
 */
class NodeIncoming implements Incoming {
  readonly method: string;
  readonly target: string;
  readonly headers: Incoming['headers'];
  private readonly request: IncomingMessage;
  private readonly response: ServerResponse;
  private readonly callerAddress: CallerAddress;
  private madeSignal: AbortSignal | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, callerAddress: CallerAddress) {
    this.method = request.method ?? 'GET';
    this.target = request.url ?? '/';
    this.headers = pairs(request.rawHeaders);
    this.request = request;
    this.response = response;
    this.callerAddress = callerAddress;
    this.madeSignal = undefined;
  }

  body(): AsyncIterable<Uint8Array> {
    return readBytes(this.request, this.response);
  }

  get address(): string | undefined {
    return this.callerAddress(this.request);
  }

  get signal(): AbortSignal {
    this.madeSignal ??= signalOf(this.response);
    return this.madeSignal;
  }
}

const signalOf = (response: ServerResponse): AbortSignal => {
  const exchange = new AbortController();
  if (response.closed) exchange.abort(over);
  else response.once('close', () => exchange.abort(over));
  return exchange.signal;
};

const pairs = (raw: readonly string[]): (readonly [string, string])[] => {
  const headers: (readonly [string, string])[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2)
    headers.push([raw[index] ?? '', raw[index + 1] ?? '']);
  return headers;
};

async function* readBytes(request: IncomingMessage, response: ServerResponse): AsyncGenerator<Uint8Array> {
  // Node leaves this to us: a caller who asks first hears "no" before it sends a body that is too large.
  if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue();
  try {
    if (Number(request.headers['content-length']) <= smallBytes) yield* await readWhole(request);
    else for await (const chunk of request.iterator({ destroyOnReturn: false })) yield chunk;
  } catch (cause) {
    throw new Problem('aborted', { detail: 'The caller left before the body was whole.', cause });
  } finally {
    // What nobody wanted is thrown away as it comes, so that the caller is free to read the answer.
    request.resume();
  }
}

/** Bodies up to this size are taken as they come: an iterator over a stream costs more than such a body. */
const smallBytes = 64 * 1024;

const readWhole = (request: IncomingMessage): Promise<readonly Uint8Array[]> =>
  new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    if (request.destroyed) reject(new Error('the connection was closed'));
    request.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    request.on('end', () => resolve(chunks));
    request.on('error', reject);
    // After the end nobody hears of it any more.
    request.on('close', () => reject(new Error('the connection was closed')));
  });
