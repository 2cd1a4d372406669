import { LogEvent } from '@agent-harbor/api-contract/schemas';
import { type EventBatch, type EventReader, parse } from '@agent-harbor/core';
import type { StreamFormat } from '../call.ts';
import { encodeFrame, heartbeat } from './encode.ts';
import { logLine } from './log-line.ts';

/** How what a reader gives becomes text. Every function is pure. */
export interface Format {
  readonly mediaType: string;
  /** The first words of a stream, and its last: when a reader that is cut off shall come back. */
  retry(retryMs: number): string;
  batch(batch: EventBatch, reader: EventReader): string;
  /** The place to resume after events that were left out. */
  cursor(id: string): string;
  /** What keeps a quiet connection alive. */
  readonly heartbeat: string;
  /** Whether readers can come back and go on: then a stream may be ended at any time. */
  readonly isResumable: boolean;
}

const eventStream: Format = {
  mediaType: 'text/event-stream',
  retry: (retryMs) => encodeFrame({ retryMs }),
  batch: ({ events, resync, cursor }, reader) => {
    if (resync !== undefined) return encodeFrame({ id: cursor, data: JSON.stringify(resync) });
    let text = '';
    for (const event of events) text += encodeFrame({ id: reader.idOf(event), data: event.json });
    return text;
  },
  cursor: (id) => encodeFrame({ event: 'cursor', id, data: '{}' }),
  heartbeat,
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

export const formats = {
  'event-stream': eventStream,
  'log-lines': logLines,
} as const satisfies Record<StreamFormat, Format>;
