import { LogEvent } from '@agent-harbor/api-contract/schemas';
import { type EventBatch, type EventReader, parse } from '@agent-harbor/core';
import { SharedText } from '../answer.ts';
import type { StreamFormat } from '../call.ts';
import { encodeFrame, encodeLines, heartbeat } from './encode.ts';
import { logLine } from './log-line.ts';

/** How what a reader gives becomes text. What one batch becomes is made once for all readers that are given it. */
export interface Format {
  readonly mediaType: string;
  /** The first words of a stream, and its last: when a reader that is cut off shall come back. */
  retry(retryMs: number): string;
  batch(batch: EventBatch, reader: EventReader): string | SharedText;
  /** The place to resume after events that were left out. */
  cursor(id: string): string;
  /** What keeps a quiet connection alive. */
  readonly heartbeat: string | SharedText;
  /** Whether readers can come back and go on: then a stream may be ended at any time. */
  readonly isResumable: boolean;
}

const encoded = new WeakMap<EventBatch, SharedText>();

const framesOf = ({ events, lines }: EventBatch, reader: EventReader): string => {
  if (lines !== undefined) return encodeLines(lines, (number) => reader.idAt(number));
  let text = '';
  for (const event of events) text += encodeFrame({ id: reader.idOf(event), data: event.json });
  return text;
};

const eventStream: Format = {
  mediaType: 'text/event-stream',
  retry: (retryMs) => encodeFrame({ retryMs }),
  batch: (batch, reader) => {
    const { events, lines, resync, cursor } = batch;
    if (resync !== undefined) return encodeFrame({ id: cursor, data: JSON.stringify(resync) });
    if (events.length === 0 && lines === undefined) return '';
    const known = encoded.get(batch);
    if (known !== undefined) return known;
    const made = new SharedText(framesOf(batch, reader));
    encoded.set(batch, made);
    return made;
  },
  cursor: (id) => encodeFrame({ event: 'cursor', id, data: '{}' }),
  heartbeat: new SharedText(heartbeat),
  isResumable: true,
};

const logLines: Format = {
  mediaType: 'text/plain; charset=utf-8',
  retry: () => '',
  batch: ({ events }) => events.map(({ json }) => logLine(parse(LogEvent, JSON.parse(json)))).join(''),
  cursor: () => '',
  heartbeat: '',
  isResumable: false,
};

/** Frames of a terminal have a name of their own, so that nobody takes them for events. */
const terminal: Format = {
  ...eventStream,
  batch: ({ lines, resync, cursor }, reader) => {
    const framed = (data: string, id: string) => encodeFrame({ event: 'pty', id, data });
    if (resync !== undefined) return framed(JSON.stringify(resync), cursor);
    return (lines?.text ?? '')
      .split('\n')
      .map((data, index) => framed(data, reader.idAt((lines?.first ?? 0) + index)))
      .join('');
  },
};

/** Frames of a reply are named by their type, which is their first member. */
const reply: Format = {
  ...eventStream,
  batch: ({ events, resync, cursor }, reader) => {
    if (resync !== undefined) return encodeFrame({ id: cursor, data: JSON.stringify(resync) });
    return events
      .map((event) => {
        const [, name = ''] = /^\{"type":"(\w+)"/.exec(event.json) ?? [];
        return encodeFrame({ event: name, id: reader.idOf(event), data: event.json });
      })
      .join('');
  },
};

export const formats = {
  'event-stream': eventStream,
  'log-lines': logLines,
  terminal,
  reply,
} as const satisfies Record<StreamFormat, Format>;
