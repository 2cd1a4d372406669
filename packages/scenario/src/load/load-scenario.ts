import { type Document, LineCounter, parseDocument } from 'yaml';
import { Scenario } from '../format/scenario.ts';
import { flatIssues } from './flat-issues.ts';
import { offsetOf } from './position.ts';
import { type Mistake, scenarioProblem } from './scenario-problem.ts';

/**
 * Reads a scenario file. Throws `invalid-request`: its detail and every message name file, line and column (counted
 * from 1), and `errors` maps the path of each bad member to what is wrong with it.
 */
export const loadScenario = (text: string, fileName: string): Scenario => {
  const lines = new LineCounter();
  const mistake = (offset: number, field: string, message: string): Mistake => {
    const { line, col } = lines.linePos(offset);
    return { field, message, place: `${fileName}:${Math.max(1, line)}:${Math.max(1, col)}` };
  };
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [unreadable, ...others] = document.errors.map(({ pos, message }) => mistake(pos[0], 'yaml', message));
  if (unreadable !== undefined) throw scenarioProblem([unreadable, ...others]);

  const result = Scenario.safeParse(readValue(document, (message) => mistake(0, 'yaml', message)));
  if (result.success) return result.data;
  const [first, ...rest] = flatIssues(result.error.issues).map(({ path, message, atKey }) =>
    mistake(offsetOf(document, path, atKey), path.join('.') || 'scenario', hint(path.at(-1)) ?? message),
  );
  throw scenarioProblem([first ?? mistake(0, 'scenario', 'is not a scenario'), ...rest]);
};

const readValue = (document: Document.Parsed, mistake: (message: string) => Mistake): unknown => {
  try {
    return document.toJS();
  } catch (error) {
    // An alias that stands for nothing, or for far too much.
    throw scenarioProblem([mistake(error instanceof Error ? error.message : String(error))]);
  }
};

/** What to say about members that other readers of the format know. */
const hint = (member: string | number | undefined): string | undefined =>
  member === 'rules' ? 'rules are not evaluated: write out the timeline that is meant' : undefined;
