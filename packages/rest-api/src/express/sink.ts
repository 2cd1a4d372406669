import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { SharedText, Sink } from '../http/answer.ts';

/** A stream's text or bytes, written to Node's response. Writing to one that is gone does nothing. */
export const createSink = (response: ServerResponse): Sink => new ResponseSink(response);

class ResponseSink implements Sink {
  private readonly response: ServerResponse;
  /** Where the head has gone already, when what follows it may be written past the response. */
  private readonly socket: Socket | null;

  constructor(response: ServerResponse) {
    this.response = response;
    const { socket } = response;
    const isDirect = response.chunkedEncoding && response.writableLength === (socket?.writableLength ?? -1);
    this.socket = isDirect ? socket : null;
  }

  write(text: string | SharedText | Uint8Array): boolean {
    const { response, socket } = this;
    if (response.destroyed) return true;
    // The response would write each chunk in four pieces: that costs more than all else a stream does.
    if (socket !== null && response.socket === socket) return socket.write(chunkOf(text));
    return response.write(typeof text === 'string' || text instanceof Uint8Array ? text : text.text);
  }

  drained(): Promise<void> {
    const { response } = this;
    const writable = this.socket ?? response;
    return new Promise((resolve) => {
      const done = () => {
        writable.off('drain', done);
        response.off('close', done);
        resolve();
      };
      if (response.destroyed || !writable.writableNeedDrain) return resolve();
      writable.on('drain', done);
      response.on('close', done);
    });
  }

  end(): void {
    this.response.end();
  }

  leave(): void {
    const { socket } = this.response;
    this.response.end(() => socket?.destroySoon());
  }

  cut(): void {
    const { response } = this;
    // A reset, so that the system too forgets at once what the reader does not take.
    if (response.destroyed || this.socket === null) response.destroy();
    else this.socket.resetAndDestroy();
  }

  breakOff(text: string | Uint8Array): void {
    const { response } = this;
    if (response.destroyed) return;
    response.write(text, () => response.destroy());
  }
}

const lineEnd = '\r\n';

/** The text as one chunk of a chunked body (RFC 9112 7.1), made once for all readers of a shared one. */
const chunkOf = (text: string | SharedText | Uint8Array): Uint8Array => {
  if (typeof text === 'string') return encodeChunk(text);
  // An empty chunk would be the end of the body.
  if (text instanceof Uint8Array) return text.length === 0 ? text : bytesChunk(text);
  text.form ??= encodeChunk(text.text);
  return text.form;
};

const encodeChunk = (text: string): Buffer => {
  const length = Buffer.byteLength(text);
  const head = length.toString(16) + lineEnd;
  const chunk = Buffer.allocUnsafeSlow(head.length + length + lineEnd.length);
  chunk.write(head, 0, 'latin1');
  chunk.write(text, head.length);
  chunk.write(lineEnd, head.length + length, 'latin1');
  return chunk;
};

const bytesChunk = (bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(bytes.length.toString(16) + lineEnd, 'latin1'), bytes, Buffer.from(lineEnd)]);
