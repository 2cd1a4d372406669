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

/** A comment: keeps the connection alive and is nothing to a reader. */
export const heartbeat = ':\n\n';

const oneLine = (text: string): string => {
  if (/[\0\r\n]/.test(text)) throw new Error('a field of an event stream must be one line');
  return text;
};
