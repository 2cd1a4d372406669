import { z } from 'zod';
import { SeedFile } from './files.ts';
import { laterMembers } from './later.ts';
import { TimelineEntry } from './timeline.ts';

/** The repository the agent finds. `init` and `dir` are for runners with a disk: the player reads `files` only. */
const ScenarioRepo = z
  .object({
    init: z.boolean().optional(),
    branch: z.string().min(1).max(255).optional(),
    dir: z.string().optional(),
    files: z.array(SeedFile).max(10_000).optional(),
  })
  .strict();

/**
 * A script that plays a session: who says what when, which tools run, which files change, how it ends.
 *
 * Time: every timeline entry starts where the one before ended.
 * - `think` and `assistant` items are offsets from the start of their list, and never go backwards;
 * - `progress` of a tool are deltas; `toolExecution` counts from the start of the tool; the tool ends with the later;
 * - `userInputs` count from the start of the scenario and run beside everything else;
 * - `baseTimeDelta` lets time pass; edits, plans, reads, logs take none.
 * A speed factor multiplies every time: below 1 is faster, 0 plays everything at once, in the same order.
 *
 * A member the format does not have is refused by its name, so that a typing error is not a silent gap.
 */
export const Scenario = z
  .object({
    name: z.string().min(1).max(255),
    tags: z.array(z.string()).default([]),
    /** What a user would ask for; scenarios are chosen by it. An entry of `userInputs` has precedence. */
    initialPrompt: z.string().optional(),
    repo: ScenarioRepo.optional(),
    timeline: z.array(TimelineEntry).max(100_000),
    ...laterMembers,
  })
  .strict();
export type Scenario = z.infer<typeof Scenario>;
