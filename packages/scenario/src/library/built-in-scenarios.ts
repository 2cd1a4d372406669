import type { Scenario } from '../format/scenario.ts';
import { loadScenario } from '../load/load-scenario.ts';
import { parseScenario } from '../load/parse-scenario.ts';
import { failing } from './failing.ts';
import { fixFailingTest } from './fix-failing-test.ts';
import { longRunning } from './long-running.ts';
import { manyEvents } from './many-events.ts';
import { quickEdit } from './quick-edit.ts';
import { toolFailure } from './tool-failure.ts';
import { unicodeAndBinary } from './unicode-and-binary.ts';

/**
 * Name → text, or what makes it where a text would be thousands of lines. The first is played for a prompt that is
 * near to none: it works in any repository.
 */
const sources: Readonly<Record<string, string | (() => object)>> = {
  'quick-edit': quickEdit,
  'fix-failing-test': fixFailingTest,
  'long-running': longRunning,
  failing,
  'tool-failure': toolFailure,
  'unicode-and-binary': unicodeAndBinary,
  'many-events': manyEvents,
};

/** The scenarios that come with the product, by name. Each is read when it is first looked at. */
export const builtInScenarios: Readonly<Record<string, Scenario>> = Object.defineProperties(
  {},
  Object.fromEntries(
    Object.entries(sources).map(([name, source]) => {
      let scenario: Scenario | undefined;
      const read = () =>
        typeof source === 'string' ? loadScenario(source, `${name}.yaml`) : parseScenario(source(), name);
      const get = () => {
        scenario ??= read();
        return scenario;
      };
      return [name, { enumerable: true, get }];
    }),
  ),
);
