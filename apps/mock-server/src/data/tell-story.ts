import type { CreateTask } from '@agent-harbor/api-contract/schemas';
import { Problem } from '@agent-harbor/core';
import type { World } from '../world/world.ts';
import type { Happening } from './story.ts';

/** How long before the start the clock must stand for the story to begin. */
export const lengthOf = (story: readonly Happening[]): number =>
  Math.max(0, ...story.map(({ agoMs }) => agoMs)) + 1;

/**
 * Lets a story happen, by the rules everybody is under: tasks are launched, sessions play, people step in, on a clock
 * that stands at its beginning and is moved to `startAt`. `speed` is how fast the mock plays from then on.
 */
export const tellStory = async (
  { clock, harbor }: Pick<World, 'clock' | 'harbor'>,
  story: readonly Happening[],
  startAt: number,
  speed: number,
): Promise<void> => {
  const { tasks } = harbor;
  const launched = new Map<string, readonly string[]>();
  const sessionOf = (name: string, index: number): string => {
    const id = launched.get(name)?.[index];
    if (id === undefined) throw new Error(`The story has no session ${index} of ${name}`);
    return id;
  };
  const act = async ({ name, what, isLive }: Happening): Promise<unknown> => {
    switch (what.kind) {
      case 'launch': {
        const { session_ids } = await tasks.launch(isLive ? atSpeed(what.request, speed) : what.request);
        return launched.set(name, session_ids);
      }
      case 'draft':
        return tasks.createDraft(what.draft);
      case 'stop':
        return tasks.stopSession(sessionOf(name, what.session));
      case 'pause':
        return tasks.pauseSession(sessionOf(name, what.session));
      case 'cancel':
        return tasks.cancelSession(sessionOf(name, what.session));
    }
  };
  const timed = story
    .map((happening) => ({ happening, at: startAt - happening.agoMs * (happening.isLive ? speed : 1) }))
    .toSorted((one, other) => one.at - other.at);
  for (const { happening, at } of timed) {
    await clock.advance(Math.max(0, at - clock.now()));
    await act(happening).catch((error: unknown) => {
      // At another speed it may have ended before anybody could step in.
      if (!(happening.isLive && error instanceof Problem && error.code === 'wrong-state')) throw error;
    });
  }
  await clock.advance(Math.max(0, startAt - clock.now()));
};

/** The request, its agents as fast as the mock plays. */
const atSpeed = (request: CreateTask, speed: number): CreateTask => ({
  ...request,
  agents: request.agents?.map((agent) => ({
    ...agent,
    settings: { ...agent.settings, speed: Math.min(slowest, Number(agent.settings?.speed ?? 1) * speed) },
  })),
});

/** The most an agent's settings take. */
const slowest = 100;
