import { z } from 'zod';
import { EventType, SessionEvent } from './event/index.ts';
import { pageOf, pageQuery, queryInteger } from './page.ts';
import { Level, Timestamp, TimestampInput } from './primitives.ts';

/**
 * Words from a closed set, without doubles: a comma-separated list, as an address has it, or an array, as callers
 * inside a program (and repeated parameters) have it.
 */
const commaList = <Word extends [string, ...string[]]>(words: z.ZodEnum<Word>) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((list) => [...new Set(typeof list === 'string' ? list.split(',') : list)])
    .pipe(z.array(words).min(1));

const ToolExecutionFilter = z
  .string()
  .min(1)
  .max(255)
  .optional()
  .describe('Only log lines of this tool execution.');

/** Filters shared by the stream and the history. `level` gives that level and everything graver. */
const eventFilter = {
  type: commaList(EventType).optional().describe('Only events of these types.'),
  level: Level.optional().describe('Only events of this level or a graver one.'),
  since: TimestampInput.optional().describe('Only events at this time or later.'),
  until: TimestampInput.optional().describe('Only events at this time or earlier.'),
  tool_execution_id: ToolExecutionFilter,
};

/**
 * One address, two answers: a stream for those who accept `text/event-stream`, history for those who page or prefer
 * JSON. `after` is an event id, as in `Last-Event-ID`, for those who cannot send that header.
 */
export const EventQuery = z
  .object({
    ...eventFilter,
    ...pageQuery(50),
    perPage: pageQuery(50).perPage.removeDefault().optional().describe('Events of a page; 50 if not given.'),
    sort: z
      .enum(['asc', 'desc'])
      .optional()
      .describe('Order of the history: newest first (`desc`) unless it says `asc`.'),
    after: z
      .string()
      .min(1)
      .max(128)
      .optional()
      .describe('An event id to go on after, for those who cannot send `Last-Event-ID`.'),
  })
  .strict();
export type EventQuery = z.infer<typeof EventQuery>;

export const EventPage = pageOf(SessionEvent);

export const LogQuery = z
  .object({
    tail: queryInteger(1, 10_000).default(1000).describe('At most this many lines, the last ones.'),
    level: Level.optional().describe('Only lines of this level or a graver one.'),
    tool_execution_id: ToolExecutionFilter,
    cursor: z.string().min(1).max(512).optional().describe('`nextCursor` of the answer before: older lines.'),
    follow: z
      .enum(['true', 'false'])
      .optional()
      .describe('Whether to go on with new lines as they come; needs `Accept: text/plain`.'),
  })
  .strict();
export type LogQuery = z.infer<typeof LogQuery>;

export const LogLine = z.object({
  level: Level,
  message: z.string(),
  ts: Timestamp,
  tool_execution_id: z.string().nullable(),
});
export type LogLine = z.infer<typeof LogLine>;

/** `nextCursor` leads to older lines; null when there are none. */
export const LogPage = z.object({ logs: z.array(LogLine), nextCursor: z.string().nullable() });
export type LogPage = z.infer<typeof LogPage>;

export { commaList };
