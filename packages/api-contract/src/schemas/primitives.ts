import { z } from 'zod';

/** A ULID in Crockford base 32, upper case (https://github.com/ulid/spec). */
export const Ulid = z.string().regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, 'must be a ULID');

// A day that exists, leap years included: 29 February in years divisible by 4 but not by 100, or by 400.
const leapYear = '(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
const day =
  '(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8])';
const date = `(?:\\d{4}-(?:${day})|${leapYear}-02-29)`;
const hoursAndMinutes = '(?:[01]\\d|2[0-3]):[0-5]\\d';

/** RFC 3339, UTC, milliseconds: `2026-01-02T03:04:05.678Z`. */
export const Timestamp = z
  .string()
  .regex(
    new RegExp(`^${date}T${hoursAndMinutes}:[0-5]\\d\\.\\d{3}Z$`),
    'must be RFC 3339 UTC with milliseconds',
  );

/** A time as callers write it: RFC 3339 with any offset. */
export const TimestampInput = z
  .string()
  .regex(
    new RegExp(`^${date}T${hoursAndMinutes}:[0-5]\\d(?:\\.\\d{1,9})?(?:Z|[+-]${hoursAndMinutes})$`),
    'must be a time as in 2026-01-02T03:04:05Z or 2026-01-02T04:04:05.678+01:00',
  );

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
