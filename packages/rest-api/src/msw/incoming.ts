import type { Incoming } from '../http/incoming.ts';

/** Headers a browser adds by itself: they tell about the page, and there is no other site in here. */
const ofTheBrowser = /^(?:host|origin|cookie|connection|transfer-encoding|sec-.*)$/;

/** A request of the Fetch standard as the pipeline reads it; `signal` fires when its caller is gone. */
export const incomingFrom = async (request: Request, signal: AbortSignal): Promise<Incoming> => {
  const { pathname, search } = new URL(request.url);
  const sent = [...request.headers].filter(([name]) => !ofTheBrowser.test(name));
  const hasLength = request.headers.has('content-length');
  // A service worker hands over an empty body where the page sent none.
  const body = await openBody(request.body);
  return {
    method: request.method,
    target: pathname + search,
    headers: [
      ...sent,
      ['host', 'localhost'],
      ...(body.isEmpty || hasLength ? [] : [['transfer-encoding', 'chunked'] as const]),
    ],
    body: body.read,
    address: undefined,
    signal,
  };
};

interface Body {
  readonly isEmpty: boolean;
  read(): AsyncGenerator<Uint8Array>;
}

const openBody = async (body: ReadableStream<Uint8Array> | null): Promise<Body> => {
  const reader = body?.getReader();
  let next = await reader?.read();
  while (next?.value?.length === 0) next = await reader?.read();
  return {
    isEmpty: next === undefined || next.done,
    async *read() {
      try {
        for (; next && !next.done; next = await reader?.read()) yield next.value;
      } finally {
        // Not waited for: MSW keeps a copy of the request, and only when both are let go does the body end.
        reader?.cancel().catch(() => undefined);
      }
    },
  };
};
