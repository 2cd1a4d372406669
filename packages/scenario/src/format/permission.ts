import { z } from 'zod';
import { Milliseconds, meta } from './timed.ts';

/** One of the answers the user can choose from. */
const PermissionOption = z
  .object({
    id: z.string().min(1).max(255),
    label: z.string(),
    kind: z.enum(['allow_once', 'allow_always', 'reject_once', 'reject_always']),
  })
  .strict();

const usualOptions: z.infer<typeof PermissionOption>[] = [
  { id: 'allow', label: 'Allow once', kind: 'allow_once' },
  { id: 'reject', label: 'Deny once', kind: 'reject_once' },
];

/** What the agent wants to do; `toolCallId` ties it to a later `agentToolUse`, which fails when leave is not given. */
const ToolCall = z
  .object({
    toolCallId: z.string().min(1).max(255).optional(),
    title: z.string().optional(),
    name: z.string().min(1).max(255).optional(),
    kind: z.string().optional(),
    status: z.string().optional(),
    locations: z
      .array(z.object({ path: z.string().min(1), line: z.number().int().optional() }).strict())
      .optional(),
    rawInput: z.unknown().optional(),
    content: z.unknown().optional(),
    ...meta,
  })
  .strict();

const Decision = z
  .object({
    outcome: z.enum(['selected', 'cancelled']),
    optionId: z.string().optional(),
    'x-by': z.string().min(1).max(255).optional().describe('Who decides; user when absent.'),
    'x-note': z.string().optional().describe('What they say to it.'),
  })
  .strict();

/**
 * The agent asks for leave and waits for the answer. A rule of the task's policy may answer at once. Otherwise anybody
 * may: the scripted `decision` (or `granted`, its short form) does after `x-answerAfterMs`, unless somebody came first.
 * Without a decision the request waits for a real answer, or until it expires.
 */
export const permissionFields = z
  .object({
    sessionId: z.string().optional(),
    toolCall: ToolCall.optional(),
    options: z.array(PermissionOption).min(1).max(64).default(usualOptions),
    decision: Decision.optional(),
    granted: z.boolean().optional(),
    'x-answerAfterMs': Milliseconds.optional().describe('How long the scripted user thinks before deciding.'),
    'x-expiresAfterMs': Milliseconds.optional().describe('Expires after this, whatever the policy says.'),
    'x-onExpiry': z
      .enum(['allow', 'deny'])
      .optional()
      .describe('What counts then, whatever the policy says.'),
    ...meta,
  })
  .strict();

/** Refuses decisions that cannot be taken. */
export const checkDecision = (request: z.infer<typeof permissionFields>, context: z.RefinementCtx): void => {
  const { decision, granted, options } = request;
  const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (decision !== undefined && granted !== undefined) {
    refuse(['granted'], 'cannot stand beside decision: they say the same');
  }
  if (granted !== undefined && !options.some(({ kind }) => kind === kindOf(granted))) {
    refuse(['granted'], `needs an option of the kind ${kindOf(granted)}`);
  }
  if (decision?.outcome === 'selected') {
    if (decision.optionId === undefined) refuse(['decision', 'optionId'], 'is required when one is selected');
    else if (!options.some(({ id }) => id === decision.optionId)) {
      refuse(['decision', 'optionId'], `is none of the options: ${options.map(({ id }) => id).join(', ')}`);
    }
  }
  if (request['x-answerAfterMs'] !== undefined && decision === undefined && granted === undefined) {
    refuse(['x-answerAfterMs'], 'needs decision or granted beside it');
  }
};

export type PermissionOption = z.infer<typeof PermissionOption>;

/** The option `granted` is short for. */
const kindOf = (granted: boolean) => (granted ? 'allow_once' : 'reject_once');
