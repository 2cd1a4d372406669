/** One request as a transport sends it. */
export interface TransportRequest {
  readonly method: string;
  /** Path and query, as they go on the wire. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Ends the request and the reading of its answer. */
  readonly signal: AbortSignal;
}

/** An answer whose body is read once: whole, as it arrives, or not at all. */
export interface TransportResponse {
  readonly status: number;
  /** A response header by its lower-case name. */
  header(name: string): string | undefined;
  text(): Promise<string>;
  /** The body decoded from UTF-8 as it arrives. Rejects when the connection breaks off before its end. */
  chunks(): AsyncIterable<string>;
  /** Lets go of a body nobody wants. */
  discard(): Promise<void>;
}

/**
 * How bytes reach one server. Neither follows redirects nor retries nor times out: that is the client's part, once
 * for every transport. Rejects with whatever its host gives; the client makes a `Problem` of it.
 */
export interface Transport {
  send(request: TransportRequest): Promise<TransportResponse>;
  /** Closes every connection at once. */
  close(): Promise<void>;
}
