import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { countedIn } from '../harness/launch.ts';
import { processesIn } from '../harness/leftovers.ts';
import { type Frame, replay } from '../harness/replay.ts';
import type { ServerUnderTest } from '../harness/server.ts';

/** The process that records a session. */
export const recorderOf = (server: ServerUnderTest, sessionId: string): number =>
  JSON.parse(readFileSync(join(server.stateDir, 'sessions', sessionId, 'recorder.json'), 'utf8')).pid;

/** The pids that the agent of a session said: one, however often its server died. */
export const agentsIn = (frames: readonly Frame[]): number[] =>
  frames.flatMap(({ event }) => {
    const [, pid] = (event.type === 'log' && /^pid (\d+)$/.exec(event.message)) || [];
    return pid === undefined ? [] : [Number(pid)];
  });

/** The log of a session, whose lines go 1, 2, 3 … */
export const wholeLog = async (server: ServerUnderTest, sessionId: string): Promise<readonly Frame[]> => {
  const frames = await replay(server, sessionId);
  const said = countedIn(frames);
  expect(said, sessionId).toEqual(said.map((_, index) => index + 1));
  expect(agentsIn(frames).length, sessionId).toBeLessThanOrEqual(1);
  return frames;
};

/** Why a session failed; empty when it does not say. */
export const reasonOf = async (server: ServerUnderTest, sessionId: string): Promise<string> =>
  String((await server.json('GET', `/api/v1/sessions/${sessionId}`)).statusReason ?? '');

/** Rejects when processes with this mark are still there after 10 s. */
export const untilNoneIsLeft = async (mark: string): Promise<void> => {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const left = processesIn(mark);
    if (left.length === 0) return;
    if (performance.now() > deadline) throw new Error(`Orphans of ${mark}: ${left.join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
