import { z } from 'zod';
import { Content } from './content.ts';
import { Milliseconds, timed } from './timed.ts';

/** How a prompt is answered, in the words of the Agent Client Protocol. */
export const PromptResponse = z
  .object({
    sessionId: z.string().min(1).optional(),
    stopReason: z
      .enum([
        'end_turn',
        'max_tokens',
        'max_turn_requests',
        'refusal',
        'cancelled',
        // What the public format calls the first and the last of these.
        'completed',
        'interrupted',
      ])
      .optional(),
    usage: z
      .object({
        inputTokens: z.number().int().min(0).optional(),
        outputTokens: z.number().int().min(0).optional(),
        totalTokens: z.number().int().min(0).optional(),
      })
      .strict()
      .optional(),
    _meta: z.record(z.unknown()).optional(),
  })
  .strict();
export type PromptResponse = z.infer<typeof PromptResponse>;

const blocks = z.array(Content).min(1).max(256);

const userInput = timed('input', {
  input: z.union([blocks, Content.transform((content) => [content])]),
  target: z.string().optional(),
  expectedResponse: PromptResponse.optional(),
  'x-author': z.string().min(1).max(255).optional().describe('Who says it; user when absent.'),
  'x-waitForUser': z
    .boolean()
    .optional()
    .describe('Nobody says it: what follows answers the next prompt that a real user sends.'),
});

/**
 * What the user says. `relativeTime` counts from the start of the scenario and moves no other time. Behind the end of
 * a turn it is the prompt of the next one, else a word to an agent that works.
 */
export type UserInput = z.output<typeof userInput>;
/**
 * As it is written, before it is read. The declarations of a scenario name it.
 *
 * @public
 */
export type UserInputSource = z.input<typeof userInput>;
export const UserInput: z.ZodType<UserInput, z.ZodTypeDef, UserInputSource> = userInput;

/** When the user does something: counted from the start of the scenario; in its place in the timeline when absent. */
const relativeTime = Milliseconds.optional();

/** The user edits files: the text of a unified diff, or the path of one, relative to the scenario's file. */
export const UserEdits = z.object({ patch: z.string().min(1), relativeTime }).strict();

/** The user runs a command beside the agent. */
export const UserCommand = z
  .object({
    cmd: z.string().optional(),
    program: z.string().optional(),
    args: z.array(z.string()).optional(),
    cwd: z.string().optional(),
    expect: z.record(z.unknown()).optional(),
    relativeTime,
  })
  .strict()
  .superRefine(({ cmd, program }, context) => {
    if ((cmd === undefined) !== (program === undefined)) return;
    context.addIssue({ code: 'custom', path: ['cmd'], message: 'give either cmd or program' });
  });
export type UserCommand = z.infer<typeof UserCommand>;

/** The user cancels the session. */
export const UserCancelSession = z.union([
  z.boolean(),
  z.null().transform(() => true),
  z.object({ relativeTime }).strict(),
]);
