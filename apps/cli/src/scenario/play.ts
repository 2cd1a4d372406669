import { createSeededIds, outcomeOf, timestamp } from '@agent-harbor/core';
import { createScriptedExecutor, initialPromptOf } from '@agent-harbor/scenario';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { eventLine } from '../render/event.ts';
import { systemClock } from '../system-clock.ts';
import { findScenario } from './find-scenario.ts';
import { runOf, sessionId } from './stage.ts';
import { symbolsFor } from './symbols.ts';

/** Plays it to its end, or to an interrupt. */
export const playScenario = async (
  context: Context,
  name: string,
  { speed, define }: { readonly speed: number; readonly define: readonly string[] },
): Promise<ExitCode> => {
  const scenario = findScenario(context, name, symbolsFor(context, define));
  const executor = createScriptedExecutor({
    clock: systemClock,
    ids: createSeededIds('play'),
    speed,
    scenarios: { [scenario.name]: scenario },
  });
  const run = runOf(scenario.name, initialPromptOf(scenario) ?? scenario.name);
  const signal = context.io.interrupted;
  let seq = 0;
  const show = async (at: number, body: object & { type: string }) => {
    seq += 1;
    const event = { ...body, seq, ts: timestamp(at), sessionId };
    await context.show(event, () => [eventLine(event, context.columns)]);
  };
  try {
    await executor.start(run, await executor.provision(run));
    for await (const { events, exit } of executor.journal(sessionId, 0, signal)) {
      for (const { at, body } of events) await show(at, body);
      if (exit === undefined) continue;
      const end = outcomeOf('running', exit);
      await show(systemClock.now(), { type: 'status', ...end });
      return end.status === 'completed' ? exitCodes.ok : exitCodes.general;
    }
    return exitCodes.interrupted;
  } finally {
    await executor.close();
  }
};
