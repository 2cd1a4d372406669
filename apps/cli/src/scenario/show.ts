import { scenarioSchema, scenarioSource, writeScenario } from '@agent-harbor/scenario';
import type { Context } from '../context.ts';
import { unknownScenario } from './find-scenario.ts';

/** Prints a built-in scenario. */
export const showScenario = async (context: Context, name: string): Promise<void> => {
  const source = scenarioSource(name);
  if (source === undefined) throw unknownScenario(name);
  if (context.json) await context.printJson(source);
  else await context.io.stdout.write(writeScenario(source));
};

/** Prints the JSON Schema of scenarios. */
export const showSchema = async (context: Context): Promise<void> => {
  if (context.json) await context.printJson(scenarioSchema());
  else await context.io.stdout.write(`${JSON.stringify(scenarioSchema(), null, 2)}\n`);
};
