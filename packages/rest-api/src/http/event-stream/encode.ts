import type { EventLines } from '@agent-harbor/core';

/** The parts of one frame of an event stream (WHATWG HTML, 9.2). */
export interface Frame {
  /** Short ASCII without line ends; the browser sends it back as `Last-Event-ID`. */
  readonly id?: string;
  /** The event's name; without one it is a message. */
  readonly event?: string;
  readonly data?: string;
  /** How long a client waits before it comes back, in milliseconds. */
  readonly retryMs?: number;
}

const lineEnd = /\r\n|\r|\n/;

/**
 * One frame as text. Data is split wherever a reader would end a line, so that text can never become a field of its
 * own; a name or id with a line end is a defect.
 */
export const encodeFrame = ({ id, event, data, retryMs }: Frame): string => {
  let text = '';
  if (retryMs !== undefined) text += `retry: ${retryMs}\n`;
  if (event !== undefined) text += `event: ${oneLine(event)}\n`;
  if (id !== undefined) text += `id: ${oneLine(id)}\n`;
  if (data !== undefined) {
    for (const line of data.split(lineEnd)) text += `data: ${line}\n`;
  }
  return `${text}\n`;
};

/** The frames of events that come as lines: what has no line end in it needs not be split again. */
export const encodeLines = ({ first, text }: EventLines, idAt: (number: number) => string): string => {
  // JSON has no bare carriage return; should one have come into the log all the same, it must not end a line.
  if (text.includes('\r')) {
    const lines = text.split('\n');
    return lines.map((data, index) => encodeFrame({ id: idAt(first + index), data })).join('');
  }
  let frames = '';
  let number = first;
  for (let start = 0; start <= text.length; ) {
    const end = text.indexOf('\n', start);
    const line = end === -1 ? text.slice(start) : text.slice(start, end);
    frames += `id: ${oneLine(idAt(number++))}\ndata: ${line}\n\n`;
    if (end === -1) break;
    start = end + 1;
  }
  return frames;
};

/** A comment: keeps the connection alive and is nothing to a reader. */
export const heartbeat = ':\n\n';

const oneLine = (text: string): string => {
  if (/[\0\r\n]/.test(text)) throw new Error('a field of an event stream must be one line');
  return text;
};
