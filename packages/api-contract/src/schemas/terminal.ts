import { z } from 'zod';

/** How much can be typed into a terminal at once, bytes. */
export const terminalInputBytes = 64 * 1024;

/** The size of a terminal, in characters. */
export const TerminalSize = z
  .object({ cols: z.number().int().min(1).max(1000), rows: z.number().int().min(1).max(1000) })
  .strict();
export type TerminalSize = z.infer<typeof TerminalSize>;

/** Whether an agent runs in a terminal, and how large that is: `true` is 80 by 24. */
export const TerminalWish = z.union([z.boolean(), TerminalSize]);
export type TerminalWish = z.infer<typeof TerminalWish>;

/** What is typed: as text, or as bytes in base64 for what is no text. */
export const TerminalInput = z.union([
  z
    .object({
      text: z
        .string()
        .min(1)
        .max(16 * 1024 * 1024),
    })
    .strict(),
  z
    .object({
      data: z
        .string()
        .min(1)
        .max(16 * 1024 * 1024)
        .regex(/^[A-Za-z0-9+/]*={0,2}$/, 'must be base64'),
    })
    .strict(),
]);
export type TerminalInput = z.infer<typeof TerminalInput>;

const timestamp = z.number().int().min(0).describe('Milliseconds since the epoch.');

/** What a terminal was shown. */
export const TerminalOutput = z.object({
  type: z.literal('terminal'),
  data: z.string().describe('The bytes as they are, in base64: escape sequences too.'),
  timestamp,
});

/** From here on the terminal has this size; the first frame says the first. */
export const TerminalResized = z.object({
  type: z.literal('terminal_resize'),
  cols: z.number().int().min(1),
  rows: z.number().int().min(1),
  timestamp,
});

/** The program in the terminal has ended; nothing comes after this. */
export const TerminalExit = z.object({
  type: z.literal('terminal_exit'),
  exitCode: z.number().int().optional(),
  signal: z.string().optional(),
  timestamp,
});

/** One frame of a terminal's stream. */
export const TerminalFrame = z.discriminatedUnion('type', [TerminalOutput, TerminalResized, TerminalExit]);
export type TerminalFrame = z.infer<typeof TerminalFrame>;

/** What is kept of a terminal's output. `after` leads on: more of it, or what came since. */
export const TerminalPage = z.object({ items: z.array(TerminalFrame), after: z.string() });
export type TerminalPage = z.infer<typeof TerminalPage>;

/** Where reading begins, for those who cannot send `Last-Event-ID`. */
export const TerminalQuery = z
  .object({
    after: z.string().min(1).max(128).optional().describe('The id of the last frame that was read.'),
  })
  .strict();
export type TerminalQuery = z.infer<typeof TerminalQuery>;
