import { sleep } from '@agent-harbor/core';
import type { Answer, Sink } from '@agent-harbor/rest-api';
import { overSink } from './over-sink.ts';
import type { Stage } from './play.ts';

/** The body in pieces, for faults that need more than a whole one; undefined when it has none. */
const textOf = ({ payload }: Answer): string | undefined => {
  switch (payload.kind) {
    case 'json':
      return payload.text ?? JSON.stringify(payload.value);
    case 'text':
      return payload.text;
    case 'bytes':
    case 'none':
    case 'stream':
    case 'cut':
      return undefined;
  }
};

/** The answer, written by `run` into a sink; its length is known before, as without the fault. */
const rewritten = (
  answer: Answer,
  wrap: (sink: Sink) => Sink,
  write: (text: string, sink: Sink) => Promise<void>,
): Answer => {
  const { payload } = answer;
  if (payload.kind === 'stream') {
    return { ...answer, payload: { kind: 'stream', run: (sink) => payload.run(wrap(sink)) } };
  }
  const text = textOf(answer);
  if (text === undefined) return answer;
  return {
    ...answer,
    headers: { ...answer.headers, 'content-length': String(bytesOf(text).length) },
    payload: { kind: 'stream', run: (sink) => write(text, sink) },
  };
};

const encoder = new TextEncoder();

const bytesOf = (chunk: string | Uint8Array): Uint8Array =>
  typeof chunk === 'string' ? encoder.encode(chunk) : chunk;

/** The answer until its body has so many bytes; then the connection is lost. */
export const broken = (answer: Answer, afterBytes: number): Answer => {
  const breaking = (sink: Sink): Sink => {
    let left = afterBytes;
    let isBroken = false;
    return overSink(sink, {
      write(chunk) {
        if (isBroken) return true;
        const bytes = bytesOf(chunk);
        const head = bytes.subarray(0, left);
        left -= head.length;
        if (head.length === bytes.length && left > 0) return sink.write(bytes);
        isBroken = true;
        sink.breakOff(head);
        return true;
      },
      drained: () => (isBroken ? Promise.resolve() : sink.drained()),
      end: () => {
        if (!isBroken) sink.end();
      },
      leave: () => {
        if (!isBroken) sink.leave();
      },
    });
  };
  return rewritten(answer, breaking, async (text, sink) => {
    const wrapped = breaking(sink);
    wrapped.write(text);
    wrapped.end();
  });
};

/** How many pieces a second. */
const pieces = 10;

/** The answer, its body at this speed. */
export const slow = (answer: Answer, bytesPerSecond: number, stage: Stage): Answer => {
  const throttled = (sink: Sink): Sink => {
    let waiting: Uint8Array = new Uint8Array();
    let flowing: Promise<void> | undefined;
    let end: (() => void) | undefined;
    const flow = async () => {
      const piece = Math.max(1, Math.floor(bytesPerSecond / pieces));
      while (waiting.length > 0) {
        await sleep(stage.clock, Math.round((1_000 * piece) / bytesPerSecond), stage.signal);
        const head = waiting.subarray(0, piece);
        waiting = waiting.subarray(piece);
        if (!sink.write(head)) await sink.drained();
      }
      end?.();
    };
    const start = () => {
      flowing ??= flow()
        // Nobody is left to write to.
        .catch(() => sink.cut())
        .finally(() => {
          flowing = undefined;
        });
      return flowing;
    };
    const endWith = (act: () => void) => {
      end = act;
      void start();
    };
    return overSink(sink, {
      write(chunk) {
        const bytes = bytesOf(chunk);
        const longer = new Uint8Array(waiting.length + bytes.length);
        longer.set(waiting);
        longer.set(bytes, waiting.length);
        waiting = longer;
        void start();
        return false;
      },
      drained: () => start(),
      end: () => endWith(() => sink.end()),
      leave: () => endWith(() => sink.leave()),
    });
  };
  return rewritten(answer, throttled, async (text, sink) => {
    const wrapped = throttled(sink);
    wrapped.write(text);
    wrapped.end();
    await wrapped.drained();
  });
};
