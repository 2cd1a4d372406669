import { z } from 'zod';
import { EventType, SessionEvent } from './event/index.ts';
import { pageOf, pageQuery } from './page.ts';
import { Level, TimestampInput } from './primitives.ts';

/**
 * Words from a closed set, without doubles: a comma-separated list, as an address has it, or an array, as callers
 * inside a program (and repeated parameters) have it.
 */
const commaList = <Word extends [string, ...string[]]>(words: z.ZodEnum<Word>) =>
  z
    .union([z.string().min(1).max(1024), z.array(z.string()).min(1).max(64)])
    .transform((list) => [...new Set(typeof list === 'string' ? list.split(',') : list)])
    .pipe(z.array(words));

/** Filters shared by the stream and the history. `level` gives that level and everything graver. */
const eventFilter = {
  type: commaList(EventType).optional(),
  level: Level.optional(),
  since: TimestampInput.optional(),
  until: TimestampInput.optional(),
};

/**
 * One address, two answers: a stream for those who accept `text/event-stream`, history for those who page or prefer
 * JSON. `after` is an event id, as in `Last-Event-ID`, for those who cannot send that header.
 */
export const EventQuery = z
  .object({
    ...eventFilter,
    ...pageQuery(50),
    perPage: pageQuery(50).perPage.removeDefault().optional(),
    sort: z.enum(['asc', 'desc']).optional(),
    after: z.string().min(1).max(128).optional(),
  })
  .strict();
export type EventQuery = z.infer<typeof EventQuery>;

export const EventPage = pageOf(SessionEvent);

export const LogQuery = z
  .object({
    tail: z.coerce.number().int().min(1).max(10_000).default(1000),
    level: Level.optional(),
    tool_execution_id: z.string().min(1).max(255).optional(),
    cursor: z.string().min(1).max(512).optional(),
    follow: z.enum(['true', 'false']).optional(),
  })
  .strict();
export type LogQuery = z.infer<typeof LogQuery>;

export const LogLine = z.object({
  level: Level,
  message: z.string(),
  ts: z.string(),
  tool_execution_id: z.string().nullable(),
});
export type LogLine = z.infer<typeof LogLine>;

/** `nextCursor` leads to older lines; null when there are none. */
export const LogPage = z.object({ logs: z.array(LogLine), nextCursor: z.string().nullable() });
export type LogPage = z.infer<typeof LogPage>;

export { commaList };
