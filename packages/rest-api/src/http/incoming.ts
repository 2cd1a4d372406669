/** One request as it came. Skins make it; the pipeline knows no web server. */
export interface Incoming {
  readonly method: string;
  /** The request target exactly as sent: not decoded, not normalised. */
  readonly target: string;
  /** Names and values in the order sent, doubles included. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The bytes of the body; read at most once, and only when asked for. */
  body(): AsyncIterable<Uint8Array>;
  /** The address the request came from; undefined inside a process. */
  readonly address: string | undefined;
  /** Fires when the exchange is over: the answer is sent, or the caller is gone. */
  readonly signal: AbortSignal;
}

/** A request's headers by lower-case name; doubles are joined with a comma, as RFC 9110 reads them. */
export const readHeaders = (pairs: Incoming['headers']): Readonly<Record<string, string>> => {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of pairs) {
    const key = name.toLowerCase();
    headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`;
  }
  return headers;
};
