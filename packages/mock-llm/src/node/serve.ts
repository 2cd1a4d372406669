import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type Clock, Problem, parse, sleep } from '@agent-harbor/core';
import type { IncomingRequest, MockLlm, ModelAnswer } from '../world/create-mock-llm.ts';
import { ModelFault } from '../world/fault.ts';

/** A conversation of a large model at most; what is longer is refused. */
const mostBytes = 64 * 1024 * 1024;
const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

/** Serves a mock over HTTP. `closing` ends what waits for its time. */
export const serve =
  (mock: MockLlm, clock: Clock, closing: AbortSignal): RequestListener =>
  (message, response) => {
    respond(mock, clock, closing, message, response).catch((error: unknown) => {
      if (response.headersSent || closing.aborted) {
        response.destroy();
        return;
      }
      const status = error instanceof Problem ? error.status : 500;
      const text = error instanceof Error ? error.message : String(error);
      json(response, status, { error: { type: 'mock_error', message: text } });
    });
  };

const respond = async (
  mock: MockLlm,
  clock: Clock,
  closing: AbortSignal,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  // A page that made its own name lead here must not read what agents were asked.
  if (!loopback.test(message.headers.host ?? '')) {
    message.resume();
    json(response, 403, {
      error: { type: 'forbidden', message: 'The mock answers to loopback names only.' },
    });
    return;
  }
  const body = await read(message);
  if (body === undefined) {
    json(response, 413, {
      error: { type: 'request_too_large', message: 'A request has at most 64 MiB.' },
    });
    return;
  }
  const url = new URL(message.url ?? '/', 'http://mock');
  const request: IncomingRequest = {
    method: message.method ?? 'GET',
    path: url.pathname,
    query: new Map(url.searchParams),
    headers: headersOf(message),
    body,
  };
  if (url.pathname.startsWith('/mock/')) {
    control(mock, request, response);
    return;
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  await send(mock.answer(request), clock, AbortSignal.any([closing, gone.signal]), response);
};

const send = async (
  answer: ModelAnswer,
  clock: Clock,
  signal: AbortSignal,
  response: ServerResponse,
): Promise<void> => {
  const { status, headers, waitMs, body, cutAfter } = answer;
  if (waitMs > 0) await sleep(clock, waitMs, signal);
  if (cutAfter === 0 || (cutAfter !== undefined && 'text' in body)) {
    response.destroy();
    return;
  }
  response.writeHead(status, { ...headers, 'cache-control': 'no-cache' });
  if ('text' in body) {
    response.end(body.text);
    return;
  }
  let now = 0;
  for (const [index, { atMs, text }] of body.frames.entries()) {
    if (index === cutAfter) {
      // What was said so far is heard before the line goes dead.
      await new Promise<void>((resolve) => response.write('', () => resolve()));
      response.destroy();
      return;
    }
    if (atMs > now) await sleep(clock, atMs - now, signal);
    now = Math.max(now, atMs);
    response.write(text);
  }
  response.end();
};

/** What tests ask and set: below `/mock`, with the same key as everything. */
const control = (
  mock: MockLlm,
  { method, path, headers, query, body }: IncomingRequest,
  response: ServerResponse,
): void => {
  if (!['authorization', 'x-api-key', 'x-goog-api-key'].some((name) => (headers.get(name) ?? '') !== '')) {
    json(response, 401, {
      error: { type: 'authentication_error', message: 'Send any key, as x-api-key.' },
    });
    return;
  }
  switch (`${method} ${path}`) {
    case 'GET /mock/requests': {
      const outcome = query.get('outcome');
      const found = mock.requests
        .list()
        .filter((request) => outcome === undefined || request.outcome === outcome);
      json(response, 200, { items: found });
      return;
    }
    case 'DELETE /mock/requests':
      mock.requests.clear();
      json(response, 200, { items: [] });
      return;
    case 'GET /mock/faults':
      json(response, 200, { items: mock.faults.list() });
      return;
    case 'POST /mock/faults':
      json(response, 201, mock.faults.add(parse(ModelFault, jsonOf(body))));
      return;
    case 'DELETE /mock/faults':
      mock.faults.clear();
      json(response, 200, { items: [] });
      return;
    case 'POST /mock/reset':
      mock.reset();
      json(response, 200, {});
      return;
    default:
      json(response, 404, {
        error: { type: 'not_found', message: 'There are /mock/requests, /mock/faults and POST /mock/reset.' },
      });
      return;
  }
};

const jsonOf = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new Problem('invalid-request', { detail: 'The body is not JSON.', cause: error });
  }
};

const json = (response: ServerResponse, status: number, value: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
};

const headersOf = (message: IncomingMessage): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(message.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value] as const],
    ),
  );

const read = async (message: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > mostBytes) return undefined;
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
};
