import { LineCounter, parseDocument } from 'yaml';
import type { Scenario } from '../format/scenario.ts';
import { type LoadOptions, readSource } from './read-source.ts';
import { type Mistake, scenarioProblem } from './scenario-problem.ts';
import { sourceOfDocument } from './source-of-document.ts';

/**
 * Reads a scenario file. Throws `invalid-request`: its detail and every message name file, line and column (counted
 * from 1), and `errors` maps the path of each bad member to what is wrong with it.
 */
export const loadScenario = (text: string, fileName: string, options: LoadOptions = {}): Scenario => {
  const lines = new LineCounter();
  const mistake = (offset: number, field: string, message: string): Mistake => {
    const { line, col } = lines.linePos(offset);
    return { field, message, place: `${fileName}:${Math.max(1, line)}:${Math.max(1, col)}` };
  };
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [unreadable, ...others] = document.errors.map(({ pos, message }) => mistake(pos[0], 'yaml', message));
  if (unreadable !== undefined) throw scenarioProblem([unreadable, ...others]);
  return readSource(
    () => sourceOfDocument(document),
    options,
    ({ path, offset }, message) => mistake(offset ?? 0, path.join('.') || 'scenario', message),
  );
};
