import { z } from 'zod';

/** How long the agent does nothing: until its turn is called off, or until somebody kills it. */
export const Hang = z.enum(['until-cancelled', 'until-killed']);
export type Hang = z.infer<typeof Hang>;

/** No flood is larger, and all those of a scenario together are not. */
export const floodLimit = 64 * 1024 * 1024;

/** Much at once, as fast as it is taken. */
export const Flood = z
  .object({
    of: z
      .enum(['messages', 'output', 'stderr'])
      .default('messages')
      .describe('What comes: messages of the protocol, lines on its output that are none, lines on stderr.'),
    count: z.number().int().min(1).max(100_000),
    bytes: z
      .number()
      .int()
      .min(16)
      .max(1024 * 1024)
      .default(64)
      .describe('How long each is.'),
  })
  .strict()
  .refine(({ count, bytes }) => count * bytes <= floodLimit, {
    path: ['count'],
    message: `must not come to more than ${floodLimit} bytes in all`,
  });
export type Flood = z.infer<typeof Flood>;

/**
 * What the agent says or does although it is not so, or not its turn:
 * - `unmade-edit`: a tool has changed a file, which is as it was;
 * - `ended-twice`: a tool that is done fails after it;
 * - `unstarted-end`: a tool that nobody saw start is done;
 * - `falling-usage`: the session has cost less than it had before, and its window is emptier;
 * - `foreign-session`: something is said in a session that is not this one;
 * - `not-json`, `unknown-update`, `unasked-answer`: a line that is no message, an update of no known kind, the answer to
 *   a question nobody asked;
 * - `unknown-request`, `outside-file`, `foreign-terminal`: the client is asked for what it does not have, for a file
 *   outside the workspace, for a terminal that is not the session's; what comes of it is said;
 * - `torn-message`: half a message, then the end of the process with code 1;
 * - `endless-line`: a line longer than any client takes.
 */
export const Lie = z.enum([
  'unmade-edit',
  'ended-twice',
  'unstarted-end',
  'falling-usage',
  'foreign-session',
  'not-json',
  'unknown-update',
  'unasked-answer',
  'unknown-request',
  'outside-file',
  'foreign-terminal',
  'torn-message',
  'endless-line',
]);
export type Lie = z.infer<typeof Lie>;
