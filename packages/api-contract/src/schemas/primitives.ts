import { z } from 'zod';

/** A ULID in Crockford base 32, upper case (https://github.com/ulid/spec). */
export const Ulid = z.string().regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, 'must be a ULID');

/** RFC 3339, UTC, milliseconds: `2026-01-02T03:04:05.678Z`. */
export const Timestamp = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/, 'must be RFC 3339 UTC with milliseconds');

/** A time as callers write it: RFC 3339 with any offset. */
export const TimestampInput = z.string().datetime({ offset: true });

/** Text from a caller. NUL cannot pass through argv, environment or C strings, so it is refused at the door. */
export const text = (minLength: number, maxLength: number) =>
  z
    .string()
    .min(minLength)
    .max(maxLength)
    .regex(/^[^\u0000]*$/u, 'must not contain NUL');

/** Free key/value pairs of the caller. */
export const Labels = z.record(text(0, 1024));
export type Labels = z.infer<typeof Labels>;

/** Any JSON value: settings, tool arguments. Its shape belongs to the agent. */
export const JsonObject = z.record(z.unknown());
export type JsonObject = z.infer<typeof JsonObject>;

export const Level = z.enum(['debug', 'info', 'warn', 'error']);
export type Level = z.infer<typeof Level>;
