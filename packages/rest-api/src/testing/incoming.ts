import type { Incoming } from '../http/incoming.ts';

/** A request made by hand: a body is text or chunks. */
export const incoming = (
  method: string,
  target: string,
  headers: Readonly<Record<string, string>> | Incoming['headers'] = {},
  body: string | readonly Uint8Array[] = [],
): Incoming => ({
  method,
  target,
  headers: Array.isArray(headers) ? headers : Object.entries(headers),
  body: async function* () {
    yield* typeof body === 'string' ? [new TextEncoder().encode(body)] : body;
  },
  address: '192.0.2.1',
  signal: new AbortController().signal,
});
