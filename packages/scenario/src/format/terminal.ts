import { z } from 'zod';
import { neverBackwards, timed } from './timed.ts';

/** What a program in a terminal does with one line that is typed. */
const TerminalAnswer = z
  .object({
    input: z.string().describe('The line, without its end.'),
    output: z.string().default('').describe('What it shows then; {cols} and {rows} stand for its size.'),
    exitCode: z.number().int().min(0).max(255).optional().describe('Ends the program with this code.'),
  })
  .strict();

/**
 * What an agent shows that runs in a terminal (`terminal` in its settings); it then plays this and nothing else of its
 * scenario. A line is ended by the key Enter, Ctrl-C ends the program with code 130.
 */
export const ScenarioTerminal = z
  .object({
    output: z
      .array(timed('text', { text: z.string() }))
      .max(10_000)
      .default([])
      .superRefine(neverBackwards('relativeTime'))
      .describe('What it shows by itself, and when: times count from its start.'),
    echo: z.boolean().default(true).describe('Whether what is typed is shown.'),
    answers: z.array(TerminalAnswer).max(1000).default([]),
    otherwise: z.string().default('').describe('What it shows after any other line.'),
    resized: z.string().default('').describe('What it shows when its terminal gets another size.'),
  })
  .strict();
export type ScenarioTerminal = z.infer<typeof ScenarioTerminal>;

/** What a simulated terminal does where no scenario says it. */
export const usualTerminal: ScenarioTerminal = ScenarioTerminal.parse({
  output: [[0, 'This terminal is simulated: what is typed comes back, and "exit" ends it.\r\n$ ']],
  answers: [
    { input: 'exit', exitCode: 0 },
    { input: 'size', output: '{cols} x {rows}\r\n$ ' },
  ],
  otherwise: '$ ',
});
