import { z } from 'zod';

const id = z.string().min(1).max(255);
const choice = { id, name: z.string().max(255).optional(), description: z.string().max(255).optional() };

/** A model the agent can be set to. */
const OfferedModel = z.object(choice).strict();

/** A mode the agent can work in. */
const OfferedMode = z
  .object({
    ...choice,
    readsOnly: z
      .boolean()
      .optional()
      .describe('In it tools that change files or run programs fail, as those of an agent that plans do.'),
  })
  .strict();

const distinct = (items: readonly { readonly id: string }[], context: z.RefinementCtx): void => {
  for (const [index, item] of items.entries()) {
    if (items.findIndex((other) => other.id === item.id) === index) continue;
    context.addIssue({ code: 'custom', path: [index, 'id'], message: 'stands here a second time' });
  }
};

/** What the agent offers to be set to; it begins with the first of each. */
export const offer = {
  'x-models': z.array(OfferedModel).min(1).max(200).superRefine(distinct).optional(),
  'x-modes': z.array(OfferedMode).min(1).max(64).superRefine(distinct).optional(),
};

export type OfferedMode = z.output<typeof OfferedMode>;
