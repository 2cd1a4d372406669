import type { Scenario } from '../format/scenario.ts';
import { type LoadOptions, readSource } from './read-source.ts';
import type { Mistake } from './scenario-problem.ts';
import { sourceOfValue } from './source.ts';

/**
 * The scenario a value holds, as callers send one inline. Throws `invalid-request` that names every bad member below
 * `root`.
 */
export const parseScenario = (value: unknown, root: string, options: LoadOptions = {}): Scenario =>
  readSource(
    () => sourceOfValue(value),
    options,
    ({ path }, message): Mistake => ({ field: [root, ...path].join('.'), message }),
  );
