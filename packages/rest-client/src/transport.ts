/** How a request is sent: what the client asks of `fetch`. */
export interface Sending {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Breaks the request off, also while its answer is read: what is awaited rejects. */
  readonly signal: AbortSignal;
  /** The key must not follow a redirect to somebody else. */
  readonly redirect: 'manual';
  /** A stream must not come out of a cache. */
  readonly cache: 'no-store';
}

/** An answer whose body is read once: whole, or as it arrives. A `Response` is one. */
export interface Answer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
  /** The pieces of the body; without a value at its end. Reading rejects when the connection breaks off before. */
  readonly body: { getReader(): { read(): Promise<{ readonly value?: Uint8Array | undefined }> } } | null;
}

/**
 * How bytes reach one server: `fetch`, or something that does the same. It neither retries nor times out: that is the
 * client's part. It rejects with whatever its host gives; the client makes a `Problem` of it.
 */
export type Transport = (url: string, sending: Sending) => Promise<Answer>;
