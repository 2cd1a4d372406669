import { Problem } from '@agent-harbor/core/problem';
import { createParser } from 'eventsource-parser';

/** One block of an event stream. */
export interface Frame {
  readonly id?: string | undefined;
  /** The `event:` line; absent on ordinary events. */
  readonly event?: string | undefined;
  readonly data: string;
}

/** Turns the text of one connection into frames; a block that was cut off gives none. */
export interface FrameParser {
  feed(text: string): readonly Frame[];
  /** The last `retry:` of the server in milliseconds. */
  readonly retryMs: number | undefined;
}

/** Far above the largest event (256 KiB): only a broken server sends a longer one. */
const longestFrame = 16 * 1024 * 1024;

export const createFrameParser = (): FrameParser => {
  let frames: Frame[] = [];
  let retryMs: number | undefined;
  let tooLong = false;
  const parser = createParser({
    maxBufferSize: longestFrame,
    onEvent: (frame) => {
      frames.push(frame);
    },
    onRetry: (ms) => {
      retryMs = ms;
    },
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') tooLong = true;
    },
  });
  return {
    feed(text) {
      frames = [];
      parser.feed(text);
      if (tooLong) throw new Problem('internal', { detail: 'The server sent an event of more than 16 MiB.' });
      return frames;
    },
    get retryMs() {
      return retryMs;
    },
  };
};
