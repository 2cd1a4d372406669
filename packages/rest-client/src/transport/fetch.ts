import type { Transport, TransportResponse } from '../transport.ts';

/** The transport of browsers and of every host with a `fetch`. */
export const createFetchTransport = (
  origin: string,
  send: typeof globalThis.fetch = globalThis.fetch.bind(globalThis),
): Transport => ({
  async send(request) {
    const response = await send(origin + request.path, {
      method: request.method,
      headers: request.headers,
      signal: request.signal,
      // The key must not follow a redirect to somebody else, and a stream must not come out of a cache.
      redirect: 'manual',
      cache: 'no-store',
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    return answer(response);
  },
  async close() {},
});

const answer = (response: Response): TransportResponse => ({
  status: response.status,
  header: (name) => response.headers.get(name) ?? undefined,
  text: () => response.text(),
  chunks: () => decode(response.body),
  discard: async () => {
    await response.body?.cancel();
  },
});

/** Safari has no async iteration over a ReadableStream, so it is read by hand. */
async function* decode(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string, void, undefined> {
  if (body === null) return;
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
