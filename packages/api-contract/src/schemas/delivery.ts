import { z } from 'zod';
import { Timestamp, text, Ulid } from './primitives.ts';
import { BranchName } from './repo.ts';

/** How the work leaves: as a branch, as a pull request for one, as a patch to be fetched, or not at all. */
export const DeliveryMode = z.enum(['branch', 'pr', 'patch', 'none']);
export type DeliveryMode = z.infer<typeof DeliveryMode>;

const branch = BranchName.optional().describe('The branch the work is put on; one is made up if not said.');
const targetBranch = BranchName.optional().describe(
  'In mode `pr` the branch the pull request is for, by default the one the work began on; in mode `branch` another word for `branch`.',
);
/** One line, as a subject or a title is. */
const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'must be one line of text');

interface Names {
  readonly mode?: DeliveryMode | undefined;
  readonly branch?: string | undefined;
  readonly targetBranch?: string | undefined;
  readonly title?: string | undefined;
}

/** Members that mean nothing in a mode are refused: whoever gives them expects something else. */
const fits = ({ mode, branch, targetBranch, title }: Names, context: z.RefinementCtx): void => {
  const refuse = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message });
  if (mode === 'patch' || mode === 'none') {
    const meaningless = `has no meaning with mode ${mode}`;
    if (branch !== undefined) refuse('branch', meaningless);
    if (targetBranch !== undefined) refuse('targetBranch', meaningless);
  }
  for (const [path, name] of [
    ['branch', branch],
    ['targetBranch', mode === 'branch' ? targetBranch : undefined],
  ] as const) {
    // There may be such branches, and work can begin on one; git itself makes none, since commands would take them for others.
    if (name !== undefined && /^(?:-|HEAD$)/.test(name))
      refuse(path, 'must be a name git makes a branch by: not HEAD, and without a dash at its beginning');
  }
  if (mode === 'branch' && branch !== undefined && targetBranch !== undefined && branch !== targetBranch)
    refuse('targetBranch', 'is another word for branch in mode branch; give one of them');
  if (mode === 'pr' && branch !== undefined && branch === targetBranch)
    refuse('branch', 'must be another one than targetBranch, which the pull request is for');
  if (mode !== undefined && mode !== 'pr' && title !== undefined)
    refuse('title', 'is for a pull request: give it with mode pr');
};

/** How the work shall leave when the session ends. */
export const DeliveryInput = z
  .object({ mode: DeliveryMode, targetBranch, branch })
  .strict()
  .superRefine(fits);
export type DeliveryInput = z.infer<typeof DeliveryInput>;

/** How the work of a session is to leave; `branch` and `targetBranch` as decided at the launch. */
export const Delivery = z.object({
  mode: DeliveryMode,
  targetBranch: z.string().optional(),
  branch: z.string().optional(),
});
export type Delivery = z.infer<typeof Delivery>;

export const DeliveryState = z.enum(['delivered', 'nothing-to-deliver', 'failed']);
export type DeliveryState = z.infer<typeof DeliveryState>;

/**
 * What became of a delivery: the branch and its commit, the branch a pull request is for, where to find it, or why there is
 * none.
 */
export const Delivered = z.object({
  state: DeliveryState,
  mode: DeliveryMode.optional(),
  branch: z.string().optional(),
  targetBranch: z.string().optional(),
  commit: z.string().optional(),
  url: z.string().optional(),
  reason: z.string().optional(),
});
export type Delivered = z.infer<typeof Delivered>;

/** A wish to take the work of a session home now. What is left out is as the task said, or usual. */
export const DeliverSession = z
  .object({
    mode: z
      .enum(['branch', 'pr', 'patch'])
      .optional()
      .describe('As the task said; `branch` if it said none.'),
    branch,
    targetBranch,
    message: text(1, 16_384)
      .optional()
      .describe('The message of the commit; made of the task and what came of it if not said.'),
    title: line(255)
      .optional()
      .describe('The title of a pull request; the first line of the message if not said.'),
    body: text(0, 65_536)
      .optional()
      .describe('The text of a pull request; the rest of the message if not said.'),
  })
  .strict()
  .superRefine((wish, context) => {
    fits(wish, context);
    if (wish.mode !== undefined && wish.mode !== 'pr' && wish.body !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['body'],
        message: 'is for a pull request: give it with mode pr',
      });
  });
export type DeliverSession = z.infer<typeof DeliverSession>;

/** What a delivery gave: the work is there, or there is none. What could not be done is a problem instead. */
export const DeliveryOutcome = z.object({
  sessionId: Ulid,
  mode: DeliveryMode,
  state: z.enum(['delivered', 'nothing-to-deliver']),
  branch: z.string().optional(),
  targetBranch: z.string().optional(),
  commit: z.string().optional(),
  url: z.string().optional().describe('Where the work is: the pull request, or the patch.'),
  reason: z.string().optional().describe('Why there is nothing to deliver.'),
});
export type DeliveryOutcome = z.infer<typeof DeliveryOutcome>;

/** One delivery of the past, as its event tells. */
export const PastDelivery = Delivered.extend({
  mode: DeliveryMode,
  seq: z.number().int().min(1),
  ts: Timestamp,
});
export type PastDelivery = z.infer<typeof PastDelivery>;

/**
 * Where the work of a session has gone. `state` is `none` when nothing was or will be delivered, `pending` before the
 * session's end, `delivering` while it is under way, and then what became of the last one.
 */
export const SessionDelivery = z.object({
  sessionId: Ulid,
  delivery: Delivery,
  state: z.enum(['none', 'pending', 'delivering', ...DeliveryState.options]),
  last: Delivered.nullable(),
  deliveries: z.array(PastDelivery).describe('The last 100 that are still in the log, oldest first.'),
});
export type SessionDelivery = z.infer<typeof SessionDelivery>;
