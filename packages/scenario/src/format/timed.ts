import { z } from 'zod';

const longestMs = 86_400_000;

/** Milliseconds of the scenario's own time, before the speed factor; at most a day. */
export const Milliseconds = z.number().int().min(0).max(longestMs);

/** What an entry may carry for others; the player does not read it. */
export const meta = { _meta: z.record(z.unknown()).optional() };

/**
 * Something at a time: `{ relativeTime, <name>: … }`, or the short form `[relativeTime, …]`. Both mean the same; the
 * short form is read into the long one.
 */
export const timed = <Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) => {
  const long = z.object({ relativeTime: Milliseconds, ...shape, ...meta }).strict();
  const short = z
    .array(z.unknown())
    .length(2, 'must be a time and what happens at it')
    .transform(([relativeTime, value]) => ({ relativeTime, [name]: value }))
    .pipe(long);
  return z.union([short, long]);
};

/** A single text is short for the member alone. */
export const orText = <Shape extends z.ZodRawShape>(member: string, schema: z.ZodObject<Shape, 'strict'>) =>
  z.union([
    z
      .string()
      .transform((text) => ({ [member]: text }))
      .pipe(schema),
    schema,
  ]);

/** Refuses a time before the one that precedes it: offsets count from the start of their block. */
export const neverBackwards =
  (member: 'relativeTime' | 'timeMs') =>
  (items: readonly { relativeTime?: number; timeMs?: number }[], context: z.RefinementCtx): void => {
    let latest = 0;
    for (const [index, item] of items.entries()) {
      const at = item[member] ?? 0;
      if (at < latest) {
        context.addIssue({
          code: 'custom',
          path: [index, member],
          message: `is ${at}, before the ${latest} that precedes it: times count from the start of the block`,
        });
      }
      latest = Math.max(latest, at);
    }
  };
