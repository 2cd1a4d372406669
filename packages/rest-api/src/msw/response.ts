import { type Answer, payloadText, type SharedText, type Sink } from '../http/answer.ts';

/** An answer as a response of the Fetch standard. `onLeave` hears of a reader who drops a stream. */
export const responseFrom = (
  request: Request,
  { status, headers, payload }: Answer,
  onLeave: () => void,
): Response => {
  if (payload.kind === 'cut') return Response.error();
  const init = { status, headers };
  if (request.method === 'HEAD' || payload.kind === 'none') return new Response(null, init);
  if (payload.kind === 'stream') return new Response(streamOf(payload.run, onLeave), init);
  const body = payloadText(payload) ?? '';
  return new Response(typeof body === 'string' ? body : new Uint8Array(body), init);
};

const streamOf = (run: (sink: Sink) => Promise<void>, onLeave: () => void): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder();
  const bytesOf = (text: string | SharedText | Uint8Array): Uint8Array =>
    text instanceof Uint8Array ? text : encoder.encode(typeof text === 'string' ? text : text.text);
  let isOpen = true;
  let isBroken = false;
  let wake = () => {};
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const hasRoom = () => !isOpen || (controller.desiredSize ?? 0) > 0;
        const close = (act: () => void) => {
          if (isOpen) act();
          isOpen = false;
          wake();
        };
        run({
          write(text) {
            if (isOpen) controller.enqueue(bytesOf(text));
            return hasRoom();
          },
          drained: () =>
            new Promise((resolve) => {
              if (hasRoom()) resolve();
              else wake = resolve;
            }),
          end: () => close(() => controller.close()),
          leave: () => close(() => controller.close()),
          cut: () => close(() => controller.error(new TypeError('the reader was too slow'))),
          breakOff: (text) =>
            close(() => {
              controller.enqueue(bytesOf(text));
              isBroken = true;
            }),
        });
      },
      pull(controller) {
        wake();
        // An error throws away what nobody has read yet.
        const isRead = controller.desiredSize === highWaterMark;
        if (isBroken && isRead) controller.error(new TypeError('the connection was lost'));
      },
      cancel() {
        isOpen = false;
        onLeave();
        wake();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark }),
  );
};

const highWaterMark = 256 * 1024;
