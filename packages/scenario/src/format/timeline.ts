import { EventBody, Level, SessionStatus } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { Assertion, GitAssertion } from './check.ts';
import { Content, PlanEntries } from './content.ts';
import { FileEdit, PlacedFile } from './files.ts';
import { Flood, Hang, Lie } from './misbehaviour.ts';
import { checkDecision, permissionFields } from './permission.ts';
import { Milliseconds, meta, neverBackwards, orText, timed } from './timed.ts';
import { namedTools } from './tool-names.ts';
import { ToolUse } from './tool-use.ts';
import { PromptResponse, UserCancelSession, UserCommand, UserEdits, UserInput } from './user.ts';

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

const Plan = z.object({ entries: PlanEntries, planUpdate: z.boolean().optional() }).strict();

const response = {
  think: sayings.optional(),
  assistant: sayings.optional(),
  error: ResponseError.optional(),
  agentPlan: Plan.optional(),
};

const responseElement = z.object({ ...response, ...meta }).strict();

/** One part of what the model answers. Its times count from the end of the part before. */
export interface ResponseElement extends z.output<typeof responseElement> {}
interface ResponseElementSource extends z.input<typeof responseElement> {}
const ResponseElement: z.ZodType<ResponseElement, z.ZodTypeDef, ResponseElementSource> =
  responseElement.superRefine(exactlyOne(Object.keys(response), 'an element'));

const FileReads = z
  .object({
    files: z
      .array(z.object({ path: z.string().min(1).max(4096), expectedContent: z.string().optional() }).strict())
      .min(1),
    ...meta,
  })
  .strict();

/** The turn ends: well, or for the reason given; or the agent ends as a program that was content. */
const Complete = z.union([
  z.boolean(),
  z
    .object({
      stopReason: z.enum(['end_turn', 'max_tokens', 'max_turn_requests', 'refusal', 'cancelled']),
    })
    .strict(),
  z.object({ exitCode: z.literal(0) }).strict(),
]);

/** The agent breaks down, and how that is seen. */
const Failure = orText(
  'message',
  z
    .object({
      message: z.string().default('The agent failed.'),
      exitCode: z.number().int().min(1).max(255).default(1),
      'x-signal': z.string().min(1).max(32).optional().describe('A signal ends it, not an exit.'),
      'x-lost': z.boolean().optional().describe('Nobody hears of it any more; the message says why.'),
      'x-printed': z
        .boolean()
        .optional()
        .describe('Whether the message is printed as well; true when absent.'),
    })
    .strict(),
);

/** What an agent may be said to have said: not what the server states. */
const ToldEvent: z.ZodType<EventBody, z.ZodTypeDef, EventBody> = EventBody.superRefine((body, context) => {
  const isAgents = body.type === 'status' ? body.status === 'running' : body.type !== 'delivery';
  if (isAgents) return;
  context.addIssue({ code: 'custom', path: ['type'], message: 'is stated by the server, not by an agent' });
});

/** What the agent does, and the places where tests look or time passes. */
const deeds = {
  llmResponse: z
    .array(ResponseElement)
    .min(1)
    .max(mostEntries)
    .describe('What the model answers: thoughts, words, a plan, an error.'),
  agentToolUse: ToolUse.describe('The agent uses a tool.'),
  agentEdits: FileEdit.describe('The agent changes one file.'),
  agentPlan: Plan.describe('The agent shows its plan.'),
  agentFileReads: FileReads.describe('The agent reads files.'),
  baseTimeDelta: Milliseconds.describe('Time passes.'),
  advanceMs: Milliseconds.describe('The older name of baseTimeDelta.'),
  log: orText('message', z.object({ level: Level.default('info'), message: z.string() }).strict()).describe(
    'A line for people.',
  ),
  status: SessionStatus.describe('completed and failed end the agent; the others are stated by the server.'),
  complete: Complete.describe('The turn ends. A later entry of userInputs begins the next one.'),
  error: Failure.describe('The agent breaks down.'),
  screenshot: z.string().min(1).describe('A test takes a picture of the terminal.'),
  assert: Assertion.describe('What must be so now; the session fails where it is not.'),
  assertGit: GitAssertion.describe('What a test of a real repository checks.'),
  'x-event': ToldEvent.describe('An event of the log, word for word.'),
  'x-file': PlacedFile.describe('A file is as it is from here on, without an event.'),
  'x-mode': z.string().min(1).max(255).describe('The agent switches to another of its modes by itself.'),
  'x-hang': Hang.describe('The agent does nothing any more, for tests of those who wait for it.'),
  'x-flood': Flood.describe('The agent says very much at once, for tests of those who listen.'),
  'x-lie': Lie.describe('The agent says what is not so, for tests of those who believe it.'),
};

/** What the user does. */
const wishes = {
  userInputs: z.array(UserInput).min(1).describe('What the user says, and when.'),
  userEdits: UserEdits.describe('The user edits files.'),
  userCommand: UserCommand.describe('The user runs a command.'),
  userCancelSession: UserCancelSession.describe('The user cancels the session.'),
  setMode: z
    .object({ modeId: z.string().min(1), ...meta })
    .strict()
    .describe('The user switches the mode.'),
  setModel: z
    .object({ modelId: z.string().min(1), ...meta })
    .strict()
    .describe('The user switches the model.'),
};

const SessionStart = z
  .object({
    sessionId: z.string().min(1).optional(),
    expectedPromptResponse: PromptResponse.optional(),
    ...meta,
  })
  .strict();

/** How the protocol between agent and client begins, and what becomes of the session in the lists. */
const frame = {
  initialize: z.record(z.unknown()).describe('The handshake a protocol test expects.'),
  sessionStart: z
    .union([
      z
        .null()
        .transform(() => ({}))
        .pipe(SessionStart),
      SessionStart,
    ])
    .describe('What stands before it is history: it is there at once when the session starts.'),
  merge: z.boolean().describe('The finished session stays in the lists.'),
};

/** What another agent does of whom a task is asked; it asks nobody else. */
const errand = z
  .object({
    ...z
      .object({ ...deeds, ...namedTools })
      .omit({ task: true })
      .partial().shape,
    ...meta,
  })
  .strict();
interface Errand extends z.output<typeof errand> {}
interface ErrandSource extends z.input<typeof errand> {}
const errandNames = [...Object.keys(deeds), ...Object.keys(namedTools)].filter((name) => name !== 'task');
const Errand: z.ZodType<Errand, z.ZodTypeDef, ErrandSource> = errand.superRefine(
  exactlyOne(errandNames, 'an entry'),
);

const task = z
  .object({ 'x-timeline': z.array(Errand).max(1_000).describe('What the other agent does.').optional() })
  .passthrough();
/** What another agent is asked for, and does. */
export interface Task extends z.output<typeof task> {}
interface TaskSource extends z.input<typeof task> {}
const Task: z.ZodType<Task, z.ZodTypeDef, TaskSource> = task;

const deedShape = { ...z.object({ ...deeds, ...namedTools, task: Task }).partial().shape, ...meta };
const deedNames = [...Object.keys(deeds), ...Object.keys(namedTools)];

// Entries hold entries. As interfaces each is written once into the declarations; spelt out they would be too long.
const deed = z.object(deedShape).strict();

/** Something that happens without anybody being asked. */
interface Deed extends z.output<typeof deed> {}
interface DeedSource extends z.input<typeof deed> {}
const Deed: z.ZodType<Deed, z.ZodTypeDef, DeedSource> = deed.superRefine(exactlyOne(deedNames, 'an entry'));

const Branch = z.array(Deed).max(1_000).optional();

const permissionRequest = permissionFields
  .extend({
    'x-whenAllowed': Branch.describe('What the agent does with leave, before it goes on.'),
    'x-whenDenied': Branch.describe('What it does without, before it goes on.'),
  })
  .strict();

/** The agent asks for leave. */
export interface PermissionRequest extends z.output<typeof permissionRequest> {}
interface PermissionRequestSource extends z.input<typeof permissionRequest> {}
export const PermissionRequest: z.ZodType<PermissionRequest, z.ZodTypeDef, PermissionRequestSource> =
  permissionRequest.superRefine(checkDecision).describe('The agent asks for leave and waits for the answer.');

const turnShape = {
  ...deedShape,
  ...z.object({ ...wishes, agentPermissionRequest: PermissionRequest }).partial().shape,
  /** Beside `userInputs`: whom they are for. */
  target: z.string().optional(),
};
const turnNames = [...deedNames, ...Object.keys(wishes), 'agentPermissionRequest'];

const grouped = z.object(turnShape).strict();

/** An entry of a group. */
interface Grouped extends z.output<typeof grouped> {}
interface GroupedSource extends z.input<typeof grouped> {}
const Grouped: z.ZodType<Grouped, z.ZodTypeDef, GroupedSource> = grouped.superRefine(
  exactlyOne(turnNames, 'an entry'),
);

const groups = {
  agentActions: z.array(Grouped).max(mostEntries).describe('Entries of the agent, held together.'),
  userActions: z.array(Grouped).max(mostEntries).describe('Entries of the user, held together.'),
};

const timelineEntry = z
  .object({
    ...turnShape,
    ...z.object({ ...frame, ...groups }).partial().shape,
    /** Beside `initialize`: what the answer should be. */
    expectedResponse: z.unknown().optional(),
  })
  .strict();

/** One thing that happens. */
export interface TimelineEntry extends z.output<typeof timelineEntry> {}
/**
 * As it is written, before it is read. The declarations of a scenario name it.
 *
 * @public
 */
export interface TimelineEntrySource extends z.input<typeof timelineEntry> {}
/** Exactly one of its names says what happens. */
export const TimelineEntry: z.ZodType<TimelineEntry, z.ZodTypeDef, TimelineEntrySource> =
  timelineEntry.superRefine(
    exactlyOne([...turnNames, ...Object.keys(frame), ...Object.keys(groups)], 'an entry'),
  );

/** The names of what is played; groups are played as what they hold, tools with a name of their own as uses of a tool. */
export type PlayedEntry =
  | keyof typeof deeds
  | keyof typeof wishes
  | keyof typeof frame
  | 'agentPermissionRequest';
