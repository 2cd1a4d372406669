import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** What a figure is held against. */
export const Budget = z
  .object({
    /** What it shall be. */
    budget: z.number().nonnegative(),
    /** What it honestly is where that is more: the guard holds it against this. */
    recorded: z.number().positive().optional(),
    /** What stands in the way. */
    reason: z.string().min(1).optional(),
  })
  .strict()
  .refine(({ budget, recorded }) => recorded === undefined || recorded > budget, {
    message: 'recorded is only for what is above the budget',
  })
  .refine(({ recorded, reason }) => (recorded === undefined) === (reason === undefined), {
    message: 'recorded and reason belong together',
  });
export type Budget = z.infer<typeof Budget>;

/** By the number of the figure, then by the name of what is judged. */
export const Budgets = z.record(z.string().regex(/^\d+$/), z.record(z.string(), Budget));
export type Budgets = z.infer<typeof Budgets>;

/** The budgets that are checked in. */
export const readBudgets = (): Budgets =>
  Budgets.parse(JSON.parse(readFileSync(new URL('../budgets.json', import.meta.url), 'utf8')));
