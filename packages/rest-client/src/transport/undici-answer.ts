import { StringDecoder } from 'node:string_decoder';
import type { Dispatcher } from 'undici';
import type { TransportResponse } from '../transport.ts';

type Controller = Dispatcher.DispatchController;
type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/** How much of a body may lie unread before the server is made to wait, bytes. */
const highWater = 128 * 1024;
/** How much of a body nobody wants is read so that its connection can be used again, bytes. */
const worthReading = 64 * 1024;

/**
 * One request and its answer, as undici's dispatcher tells it. Node's streams and undici's own bodies cost more than
 * the request itself; what a body is read for here needs neither.
 */
export class UndiciAnswer implements Dispatcher.DispatchHandler, TransportResponse {
  status = 0;
  /** Resolves with this when head of the answer is there. */
  readonly begun: Promise<UndiciAnswer>;
  private readonly signal: AbortSignal;
  private begin: (answer: UndiciAnswer) => void = () => {};
  private refuse: (error: unknown) => void = () => {};
  private controller: Controller | undefined;
  private headers: Headers = {};
  private chunk: Buffer[] = [];
  private unread = 0;
  private discarding = false;
  private ended = false;
  private failure: unknown;
  private wake: (() => void) | undefined;

  constructor(signal: AbortSignal) {
    this.signal = signal;
    this.begun = new Promise((resolve, reject) => {
      this.begin = resolve;
      this.refuse = reject;
    });
    signal.addEventListener('abort', this.abort);
    if (signal.aborted) this.abort();
  }

  onRequestStart(controller: Controller): void {
    this.controller = controller;
    if (this.failure !== undefined) controller.abort(leaving(this.failure));
  }

  onResponseStart(_controller: Controller, status: number, headers: Headers): void {
    // What is only said on the way to the answer is not it.
    if (status < 200) return;
    this.status = status;
    this.headers = headers;
    this.begin(this);
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.unread += chunk.length;
    if (this.discarding) {
      if (this.unread > worthReading) controller.abort(leaving('nobody wants the rest'));
      return;
    }
    this.chunk.push(chunk);
    if (this.unread > highWater) controller.pause();
    this.rouse();
  }

  onResponseEnd(): void {
    this.ended = true;
    this.settle();
  }

  onResponseError(_controller: Controller | undefined, error: Error): void {
    this.failure ??= error;
    this.refuse(this.failure);
    this.settle();
  }

  header(name: string): string | undefined {
    const value = this.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  async text(): Promise<string> {
    const whole: Buffer[] = [];
    for (;;) {
      whole.push(...this.take());
      if (this.failure !== undefined) throw this.failure;
      if (this.ended) break;
      await this.more();
    }
    const [first] = whole;
    return whole.length === 1 && first !== undefined ? first.toString() : Buffer.concat(whole).toString();
  }

  chunks(): AsyncIterableIterator<string> {
    const decoder = new StringDecoder('utf8');
    const read = async (): Promise<IteratorResult<string>> => {
      for (;;) {
        const due = this.take();
        if (due.length > 0) {
          let value = '';
          for (const part of due) value += decoder.write(part);
          return { done: false, value };
        }
        if (this.failure !== undefined) throw this.failure;
        if (this.ended) return { done: true, value: undefined };
        await this.more();
      }
    };
    const body: AsyncIterableIterator<string> = {
      next: read,
      return: async () => {
        if (!this.ended) this.fail(leaving('the reader has left'));
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => body,
    };
    return body;
  }

  async discard(): Promise<void> {
    this.discarding = true;
    this.take();
    while (!this.ended && this.failure === undefined) await this.more();
  }

  private readonly abort = (): void => this.fail(this.signal.reason);

  private fail(reason: unknown): void {
    this.failure ??= reason ?? leaving('aborted');
    this.refuse(this.failure);
    this.controller?.abort(leaving(this.failure));
    this.settle();
  }

  /** What has come since it was last asked. */
  private take(): Buffer[] {
    const due = this.chunk;
    if (due.length === 0) return due;
    this.chunk = [];
    this.unread = 0;
    if (this.controller?.paused) this.controller.resume();
    return due;
  }

  private more(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private settle(): void {
    this.signal.removeEventListener('abort', this.abort);
    this.rouse();
  }

  private rouse(): void {
    const { wake } = this;
    this.wake = undefined;
    wake?.();
  }
}

const leaving = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));
