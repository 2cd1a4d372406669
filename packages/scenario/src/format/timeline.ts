import { Level, SessionStatus } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { Content, PlanEntries } from './content.ts';
import { FileEdit } from './files.ts';
import { laterEntries } from './later.ts';
import { Milliseconds, meta, neverBackwards, timed } from './timed.ts';
import { ToolUse } from './tool-use.ts';

const mostEntries = 100_000;

/** Says that of these members exactly one must be there. */
const exactlyOne =
  (names: readonly string[], what: string) =>
  (entry: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void => {
    const given = names.filter((name) => entry[name] !== undefined);
    if (given.length === 1) return;
    context.addIssue({
      code: 'custom',
      path: given.length === 0 ? [] : [given[1] ?? ''],
      message:
        given.length === 0
          ? `must have one of ${names.join(', ')}`
          : `cannot stand beside ${given[0]}: ${what} has one`,
    });
  };

const sayings = z
  .array(timed('content', { content: Content }))
  .max(mostEntries)
  .superRefine(neverBackwards('relativeTime'));

/** The model's service fails; the agent goes on with the next entry, as if it had tried again. */
const ResponseError = z
  .object({
    errorType: z.string().min(1),
    statusCode: z.number().int().min(100).max(599).default(400),
    message: z.string(),
    details: z.unknown().optional(),
    retryAfterSeconds: z.number().int().min(0).optional(),
  })
  .strict();

const response = {
  think: sayings.optional(),
  assistant: sayings.optional(),
  error: ResponseError.optional(),
  agentPlan: z.object({ entries: PlanEntries, planUpdate: z.boolean().optional() }).strict().optional(),
};

/** One part of what the model answers. Its times count from the end of the part before. */
const ResponseElement = z
  .object({ ...response, ...meta })
  .strict()
  .superRefine(exactlyOne(Object.keys(response), 'an element'));
export type ResponseElement = z.infer<typeof ResponseElement>;

const UserInput = timed('input', {
  input: z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(Content).min(1).max(256)),
  target: z.string().optional(),
  expectedResponse: z.unknown().optional(),
});

/** Whole text is short for the message alone. */
const short = <Schema extends z.ZodTypeAny>(member: string, schema: Schema) =>
  z.preprocess((value) => (typeof value === 'string' ? { [member]: value } : value), schema);

/** What the player acts on. */
const playedEntries = {
  llmResponse: z.array(ResponseElement).min(1).max(mostEntries),
  agentToolUse: ToolUse,
  agentEdits: FileEdit,
  agentPlan: z.object({ entries: PlanEntries, planUpdate: z.boolean().optional() }).strict(),
  agentFileReads: z
    .object({
      files: z
        .array(
          z.object({ path: z.string().min(1).max(4096), expectedContent: z.string().optional() }).strict(),
        )
        .min(1),
    })
    .strict(),
  /** What the user says later on: `relativeTime` counts from the start of the scenario and moves no other time. */
  userInputs: z.array(UserInput).min(1),
  /** Time passes; `advanceMs` is its older name. */
  baseTimeDelta: Milliseconds,
  advanceMs: Milliseconds,
  log: short('message', z.object({ level: Level.default('info'), message: z.string() }).strict()),
  /** `completed` and `failed` end the agent; the others are stated by the server and do nothing here. */
  status: SessionStatus,
  /** The agent ends its turn: well, or for the reason given. What follows is not played. */
  complete: z.union([
    z.boolean(),
    z.object({ stopReason: z.enum(['end_turn', 'max_tokens', 'max_turn_requests', 'refusal']) }).strict(),
  ]),
  /** The agent prints the message to its standard error and exits. What follows is not played. */
  error: short(
    'message',
    z
      .object({
        message: z.string().default('The agent failed.'),
        exitCode: z.number().int().min(1).max(255).default(1),
      })
      .strict(),
  ),
};

const entries = { ...playedEntries, ...laterEntries };

const optional = z.object(entries).partial();

/** One thing that happens. */
export const TimelineEntry = z
  .object({
    ...optional.shape,
    ...meta,
    /** Beside `userInputs`: whom they are for. */
    target: z.string().optional(),
    /** Beside `initialize`: what the answer should be. */
    expectedResponse: z.unknown().optional(),
  })
  .strict()
  .superRefine(exactlyOne(Object.keys(entries), 'an entry'));
export type TimelineEntry = z.infer<typeof TimelineEntry>;

/** The names of the entries the player acts on. */
export type PlayedEntry = keyof typeof playedEntries;
