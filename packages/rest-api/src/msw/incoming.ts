import type { Incoming } from '../http/incoming.ts';

/** Headers a browser adds by itself: they tell about the page, and there is no other site in here. */
const ofTheBrowser = /^(?:host|origin|cookie|connection|transfer-encoding|sec-.*)$/;

/** A request of the Fetch standard as the pipeline reads it; `signal` fires when its caller is gone. */
export const incomingFrom = (request: Request, signal: AbortSignal): Incoming => {
  const { pathname, search } = new URL(request.url);
  const sent = [...request.headers].filter(([name]) => !ofTheBrowser.test(name));
  const hasLength = request.headers.has('content-length');
  return {
    method: request.method,
    target: pathname + search,
    headers: [
      ...sent,
      ['host', 'localhost'],
      ...(request.body === null || hasLength ? [] : [['transfer-encoding', 'chunked'] as const]),
    ],
    body: () => readBytes(request.body),
    address: undefined,
    signal,
  };
};

async function* readBytes(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  try {
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) yield read.value;
  } finally {
    // Not waited for: MSW keeps a copy of the request, and only when both are let go does the body end.
    reader?.cancel().catch(() => undefined);
  }
}
