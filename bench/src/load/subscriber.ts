import { connect, type Socket } from 'node:net';
import { encodeRequest, type RequestBytes } from './requests.ts';

const mark = Buffer.from('data: {');

/** A reader of an event stream that counts events and looks at nothing else. */
export interface Subscriber {
  readonly events: number;
  readonly bytes: number;
  /** Stops reading: what the server sends fills the buffers of the kernel. */
  pause(): void;
  resume(): void;
  /** Resolves when so many events came. */
  until(events: number): Promise<void>;
  close(): void;
}

export interface SubscriberOptions {
  readonly port: number;
  readonly request: RequestBytes;
  /** Called with every piece of the body, for those who look closer. */
  readonly onChunk?: ((chunk: Buffer) => void) | undefined;
  /** Called when a number of events came. */
  readonly onEvents?: ((count: number) => void) | undefined;
  /** Called when the stream ends, also when `close` ended it. */
  readonly onEnd?: ((error: Error) => void) | undefined;
}

/** Opens a stream; resolves when the head of the answer is here. */
export const subscribe = ({
  port,
  request,
  onChunk,
  onEvents,
  onEnd,
}: SubscriberOptions): Promise<Subscriber> =>
  new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let events = 0;
    let bytes = 0;
    let isOpen = false;
    let isClosed = false;
    let tail: Buffer = Buffer.alloc(0);
    const waiting: { readonly events: number; resolve(): void; reject(error: Error): void }[] = [];
    const count = (chunk: Buffer) => {
      let found = 0;
      // A mark may lie across two pieces.
      if (tail.length > 0) {
        const seam = Buffer.concat([tail, chunk.subarray(0, mark.length - 1)]);
        if (seam.includes(mark)) found++;
      }
      for (let at = chunk.indexOf(mark); at >= 0; at = chunk.indexOf(mark, at + mark.length)) found++;
      tail = lastOf(tail, chunk);
      bytes += chunk.length;
      events += found;
      if (found > 0) onEvents?.(found);
      for (let index = waiting.length - 1; index >= 0; index--) {
        const each = waiting[index];
        if (each === undefined || each.events > events) continue;
        waiting.splice(index, 1);
        each.resolve();
      }
    };
    const subscriber: Subscriber = {
      get events() {
        return events;
      },
      get bytes() {
        return bytes;
      },
      pause: () => socket.pause(),
      resume: () => socket.resume(),
      until: (wanted) =>
        new Promise((done, fail) => {
          if (events >= wanted) done();
          else if (isClosed) fail(new Error(`A stream ended after ${events} of ${wanted} events.`));
          else waiting.push({ events: wanted, resolve: done, reject: fail });
        }),
      close: () => socket.destroy(),
    };
    const end = (error: Error) => {
      isClosed = true;
      onEnd?.(error);
      reject(error);
      for (const each of waiting.splice(0)) each.reject(error);
    };
    socket.on('data', (chunk) => {
      let body: Buffer = chunk;
      if (!isOpen) {
        const status = chunk.toString('latin1', 9, 12);
        const start = chunk.indexOf('\r\n\r\n');
        if (status !== '200' || start < 0) {
          socket.destroy();
          return end(new Error(`A stream was answered: ${chunk.toString('utf8').slice(0, 500)}`));
        }
        isOpen = true;
        body = chunk.subarray(start + 4);
        resolve(subscriber);
      }
      onChunk?.(body);
      count(body);
    });
    socket.on('error', end);
    socket.on('close', () => end(new Error('A stream was closed.')));
    socket.on('connect', () => socket.write(encodeRequest(request)));
  });

/** The last bytes, one too few for a mark; a piece may be shorter than that. */
const lastOf = (tail: Buffer, chunk: Buffer): Buffer =>
  (chunk.length < mark.length ? Buffer.concat([tail, chunk]) : chunk).subarray(-(mark.length - 1));

/** Opens many streams, some at a time. */
export const subscribeAll = async (
  count: number,
  options: (index: number) => SubscriberOptions,
): Promise<Subscriber[]> => {
  const all: Subscriber[] = [];
  for (let from = 0; from < count; from += 100) {
    const some = Array.from({ length: Math.min(100, count - from) }, (_, index) =>
      subscribe(options(from + index)),
    );
    all.push(...(await Promise.all(some)));
  }
  return all;
};
