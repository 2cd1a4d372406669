import { type Dispatcher, Pool } from 'undici';
import type { Answer, Sending, Transport } from '../transport.ts';
import { connectOptions, type TlsOptions } from './tls.ts';

/** Above this many bytes that nobody has read yet, the server is asked to wait. */
const patience = 256 * 1024;

/** How the connections of one client are made. */
export interface ConnectionOptions {
  /** How an `https:` server is trusted, and how this client proves itself to it. */
  readonly tls?: TlsOptions | undefined;
  /** Speaks HTTP/2 with a server that offers it when the connection is made; HTTP/1.1 when absent. */
  readonly http2?: boolean | undefined;
}

/** The transport of Node: one pool of kept-alive connections per client. `warn` is told what is unsafe. */
export const createUndiciTransport = (
  origin: string,
  { tls, http2 = false }: ConnectionOptions,
  warn: (message: string) => void,
): { readonly fetch: Transport; readonly disconnect: () => Promise<void> } => {
  const options: Pool.Options = {
    // The client watches over time itself; undici's own body timeout would cut a quiet stream.
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: http2,
    connect: { preferH2: true, ...(tls && connectOptions(tls, warn)) },
  };
  let pool: Pool | undefined;
  return {
    fetch: (url, sending) =>
      new Promise((resolve, reject) => {
        pool ??= new Pool(origin, options);
        new Exchange(resolve, reject, sending.signal).start(pool, url.slice(origin.length), sending);
      }),
    disconnect: async () => pool?.destroy(),
  };
};

/**
 * One request and its answer, straight from undici's parser. The `Readable` that `undici.request` puts around a body
 * costs a good part of a small call, and of reading a stream in small pieces.
 */
class Exchange implements Dispatcher.DispatchHandler, Answer {
  status = 0;
  private readonly resolve: (answer: Answer) => void;
  private readonly reject: (error: unknown) => void;
  private readonly signal: AbortSignal;
  private controller: Dispatcher.DispatchController | undefined;
  private fields: Readonly<Record<string, string | string[] | undefined>> = {};
  private chunks: Buffer[] = [];
  private unread = 0;
  private isWhole = false;
  private hasEnded = false;
  /** Why it ended early; its reason may be anything, so it stands in a box. */
  private failure: { readonly reason: unknown } | undefined;
  /** Wakes whoever waits for more of the body. */
  private wake: (() => void) | undefined;

  constructor(resolve: (answer: Answer) => void, reject: (error: unknown) => void, signal: AbortSignal) {
    this.resolve = resolve;
    this.reject = reject;
    this.signal = signal;
  }

  start(pool: Pool, path: string, { method, headers, body }: Sending): void {
    if (this.signal.aborted) {
      this.fail(this.signal.reason);
      return;
    }
    this.signal.addEventListener('abort', this.abort);
    pool.dispatch({ method, path, headers, body }, this);
  }

  readonly headers = {
    get: (name: string): string | null => {
      const value = this.fields[name];
      return Array.isArray(value) ? value.join(', ') : (value ?? null);
    },
  };

  readonly body = { getReader: () => this };

  async text(): Promise<string> {
    this.isWhole = true;
    this.controller?.resume();
    while (!this.hasEnded) await this.more();
    if (this.failure) throw this.failure.reason;
    return this.take().toString();
  }

  async read(): Promise<{ readonly value?: Uint8Array | undefined }> {
    while (this.unread === 0 && !this.hasEnded) await this.more();
    if (this.unread === 0) {
      if (this.failure) throw this.failure.reason;
      return {};
    }
    const value = this.take();
    this.controller?.resume();
    return { value };
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.failure) controller.abort(new Error('given up'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    // Those below are only announcements of an answer.
    if (status < 200) return;
    this.status = status;
    this.fields = headers;
    this.resolve(this);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.chunks.push(chunk);
    this.unread += chunk.length;
    if (this.unread > patience && !this.isWhole) controller.pause();
    this.wake?.();
  }

  onResponseEnd(): void {
    this.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.fail(error);
  }

  private readonly abort = (): void => {
    this.chunks = [];
    this.unread = 0;
    this.fail(this.signal.reason);
    this.controller?.abort(new Error('given up'));
  };

  private fail(reason: unknown): void {
    this.failure ??= { reason };
    this.reject(reason);
    this.end();
  }

  private end(): void {
    this.hasEnded = true;
    this.signal.removeEventListener('abort', this.abort);
    this.wake?.();
  }

  private more(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private take(): Buffer {
    const { chunks } = this;
    this.chunks = [];
    this.unread = 0;
    return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
  }
}
