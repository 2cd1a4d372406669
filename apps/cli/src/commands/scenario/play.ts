import { createSeededIds, outcomeOf, timestamp } from '@agent-harbor/core';
import { createScriptedExecutor, initialPromptOf, type Scenario } from '@agent-harbor/scenario';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type ExitCode, exitCodes } from '../../exit-code.ts';
import { defineCommand, withCommon } from '../../flags.ts';
import { eventLine } from '../../render/event.ts';
import { systemClock } from '../../system-clock.ts';
import { findScenario } from './find-scenario.ts';
import { runOf, sessionId } from './stage.ts';
import { DefineFlag, symbolsFor, withDefine } from './symbols.ts';

const Flags = DefineFlag.extend({
  speed: z.coerce.number({ invalid_type_error: 'must be a number' }).min(0).max(100).default(1),
});

export const play = defineCommand({
  flags: Flags,
  declare: (command) =>
    withDefine(withCommon(command))
      .description(
        'Plays a scenario here, in memory, and prints what happens. No tool is run, no file is changed.',
      )
      .argument('<scenario>', 'a YAML file, or the name of a built-in scenario')
      .option('--speed <factor>', 'multiplies every time: 0.1 is ten times as fast, 0 is at once (1)')
      .addHelpText(
        'after',
        `
With --json every event is one line. Exit code 0: the session would be completed; 1: it would not.

Examples:
  $ ah scenario play fix-failing-test --speed 0.2
  $ ah scenario play ./mine.yaml --speed 0 --json | jq -r .type`,
      ),
  run: async (context, [name = ''], { speed, define }) =>
    perform(context, findScenario(context, name, symbolsFor(context, define)), speed),
});

/** Plays it to its end, or to an interrupt. */
const perform = async (context: Context, scenario: Scenario, speed: number): Promise<ExitCode> => {
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
