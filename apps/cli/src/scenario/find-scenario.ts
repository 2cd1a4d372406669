import { resolve } from 'node:path';
import { builtInScenarios, type Scenario, type Symbols } from '@agent-harbor/scenario';
import { readScenarioFile } from '@agent-harbor/scenario/node';
import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';

/** A scenario as a person names it: a file, or one that is built in. What looks like a path is a file. */
export const findScenario = ({ io }: Context, name: string, symbols: Symbols): Scenario => {
  if (/[\\/]|\.ya?ml$/i.test(name)) return readScenarioFile(resolve(io.cwd, name), symbols);
  const found = Object.hasOwn(builtInScenarios, name) ? builtInScenarios[name] : undefined;
  if (found !== undefined) return found;
  throw unknownScenario(name);
};

export const unknownScenario = (name: string): Failure =>
  new Failure('validation', {
    happened: `There is no scenario ${name}`,
    remedy: '`ah scenario list` shows the built-in ones; a file ends in .yaml or has a / in its name.',
  });
