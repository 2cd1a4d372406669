import { z } from 'zod';
import { Acp } from './acp.ts';
import { SeedFile } from './files.ts';
import { floodLimit } from './misbehaviour.ts';
import { offer } from './offer.ts';
import { ScenarioTerminal } from './terminal.ts';
import { TimelineEntry } from './timeline.ts';
import { WebPage } from './web.ts';

/**
 * The repository the agent finds. `dir` is a folder beside the scenario's file: who loads it from a disk reads its
 * files into `files`. `init` is for runners with a disk.
 */
const ScenarioRepo = z
  .object({
    init: z.boolean().optional(),
    branch: z.string().min(1).max(255).optional(),
    dir: z.string().min(1).optional(),
    files: z.array(SeedFile).max(10_000).optional(),
  })
  .strict();

/** What other runners act on: how the program under test is started, shown and judged. */
const others = {
  terminalRef: z.string().optional(),
  compat: z.record(z.unknown()).optional(),
  ah: z.record(z.unknown()).optional(),
  server: z.record(z.unknown()).optional(),
  expect: z.record(z.unknown()).optional(),
};

/** The members of a scenario that play no part in playing it. */
export const otherMembers: readonly string[] = [...Object.keys(others), 'acp'];

/**
 * A script that plays a session: who says what when, which tools run, which files change, how it ends.
 *
 * Time, in milliseconds. Every timeline entry starts where the one before ended.
 * - `think` and `assistant` items are offsets from the start of their list, and never go backwards;
 * - `progress` of a tool are deltas; `toolExecution` counts from the start of the tool; the tool ends with the later;
 * - a permission request takes as long as its answer: what follows waits, what users do at times of their own does not;
 * - `userInputs`, and what else users do with a `relativeTime`, count from the start of the scenario and run beside
 *   everything else;
 * - `baseTimeDelta` lets time pass; edits, plans, reads, logs, assertions take none;
 * - what stands before `sessionStart` is history and is there at once: the scenario starts behind it.
 * A speed factor multiplies every time: below 1 is faster, 0 plays everything at once, in the same order. While a
 * session is paused its scenario's time stands still.
 *
 * Turns: `complete` ends one. `userInputs` behind it are the prompt of the next one, at their time or, when the turn
 * before took longer, at its end; a prompt that a real user sends first takes their place. Without `complete` the last
 * turn ends when everything has been said.
 *
 * A member the format does not have is refused by its name, so that a typing error is not a silent gap. Members that
 * are ours and not of the public format begin with `x-`.
 */
export const Scenario = z
  .object({
    name: z.string().min(1).max(255),
    description: z.string().max(1_000).optional().describe('What it shows, in one line for lists.'),
    tags: z.array(z.string()).default([]),
    initialPrompt: z
      .string()
      .optional()
      .describe('What a user would ask for; an entry of userInputs has precedence.'),
    repo: ScenarioRepo.optional(),
    timeline: z.array(TimelineEntry).max(100_000),
    acp: Acp.optional(),
    ...offer,
    'x-terminal': ScenarioTerminal.optional(),
    'x-web': z
      .array(WebPage)
      .min(1)
      .max(1_000)
      .optional()
      .describe('The web of the scenario: what webFetch and webSearch find, and nothing else.'),
    'x-checks': z
      .record(z.number().int().min(0).max(255))
      .optional()
      .describe(
        'How the checks of a task exit that are played: the command as it was written → its exit code, else 0.',
      ),
    ...others,
  })
  .strict()
  .superRefine(({ acp, timeline, 'x-modes': modes = [] }, context) => {
    const refuse = (path: readonly (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path: [...path], message });
    const starts = timeline.flatMap(({ sessionStart }, index) => (sessionStart === undefined ? [] : [index]));
    const [first, second] = starts;
    if (second !== undefined) refuse(['timeline', second, 'sessionStart'], 'stands here a second time');
    const loads = acp?.capabilities?.loadSession;
    if (loads === true && first === undefined) {
      refuse(['acp', 'capabilities', 'loadSession'], 'needs an entry sessionStart in the timeline');
    }
    if (loads === false && first !== undefined) {
      refuse(['timeline', first, 'sessionStart'], 'needs acp.capabilities.loadSession to be true');
    }
    for (const [index, { setModel }] of timeline.entries()) {
      if (setModel !== undefined && acp?.unstable !== true) {
        refuse(['timeline', index, 'setModel'], 'is not stable yet: needs acp.unstable to be true');
      }
    }
    let flooded = 0;
    for (const { entry, path } of deedsIn(timeline)) {
      const mode = entry['x-mode'];
      if (mode !== undefined && !modes.some(({ id }) => id === mode)) {
        const names = modes.map(({ id }) => id).join(', ') || 'none';
        refuse([...path, 'x-mode'], `is none of the modes of x-modes: ${names}`);
      }
      const flood = entry['x-flood'];
      if (flood === undefined) continue;
      flooded += flood.count * flood.bytes;
      if (flooded > floodLimit) {
        refuse(
          [...path, 'x-flood'],
          `makes the floods of the scenario come to more than ${floodLimit} bytes`,
        );
      }
    }
  });

type Deed = Pick<TimelineEntry, 'x-mode' | 'x-flood'>;

/** What the agent does by itself, wherever it stands. */
function* deedsIn(
  timeline: readonly TimelineEntry[],
): Generator<{ readonly entry: Deed; readonly path: readonly (string | number)[] }> {
  for (const [index, entry] of timeline.entries()) {
    const path = ['timeline', index];
    yield { entry, path };
    for (const name of ['agentActions', 'userActions'] as const) {
      for (const [place, held] of (entry[name] ?? []).entries()) {
        yield { entry: held, path: [...path, name, place] };
        yield* errandOf(held, [...path, name, place]);
        yield* branchesOf(held.agentPermissionRequest, [...path, name, place]);
      }
    }
    yield* branchesOf(entry.agentPermissionRequest, path);
    yield* errandOf(entry, path);
  }
}

function* errandOf(
  { task }: TimelineEntry,
  path: readonly (string | number)[],
): Generator<{ readonly entry: Deed; readonly path: readonly (string | number)[] }> {
  for (const [place, entry] of (task?.['x-timeline'] ?? []).entries())
    yield { entry, path: [...path, 'task', 'x-timeline', place] };
}

function* branchesOf(
  request: TimelineEntry['agentPermissionRequest'],
  path: readonly (string | number)[],
): Generator<{ readonly entry: Deed; readonly path: readonly (string | number)[] }> {
  for (const name of ['x-whenAllowed', 'x-whenDenied'] as const) {
    for (const [place, entry] of (request?.[name] ?? []).entries()) {
      yield { entry, path: [...path, 'agentPermissionRequest', name, place] };
    }
  }
}

export type Scenario = z.infer<typeof Scenario>;
/** A scenario as it is written: short forms and all. */
export type ScenarioSource = z.input<typeof Scenario>;
