/** Finds where replies of HTTP/1.1 end in what a connection gives; it looks at nothing else. */
export interface ReplyReader {
  /** Takes a piece and calls back once for every reply that ends in it. */
  take(chunk: Buffer): void;
}

const headEnd = Buffer.from('\r\n\r\n');
const lastChunk = Buffer.from('0\r\n\r\n');

export const createReplyReader = (
  onReply: (status: number, body: () => string, bytes: number) => void,
): ReplyReader => {
  let rest: Buffer = Buffer.alloc(0);
  return {
    take(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (;;) {
        const end = rest.indexOf(headEnd);
        if (end < 0) return;
        const head = rest.toString('latin1', 0, end + 2).toLowerCase();
        const status = Number(head.slice(9, 12));
        const start = end + 4;
        const [, length] = /\r\ncontent-length: *(\d+)/.exec(head) ?? [];
        let stop: number;
        if (length !== undefined) stop = start + Number(length);
        else if (head.includes('\r\ntransfer-encoding: chunked')) {
          const last = rest.indexOf(lastChunk, start);
          if (last < 0) return;
          stop = last + lastChunk.length;
        } else stop = start;
        if (rest.length < stop) return;
        const body = rest.subarray(start, stop);
        rest = rest.subarray(stop);
        onReply(status, () => body.toString('utf8'), stop);
      }
    },
  };
};
