import type { ToolUse } from '../format/tool-use.ts';
import type { Script } from './script.ts';
import type { Action } from './step.ts';

/** Writes down one use of a tool, from its start to its result. */
export const addToolUse = (script: Script, tool: ToolUse, call: number): void => {
  const start = script.now;
  const signs = [...progressOf(tool, call, start), ...executionOf(tool, call, start)].sort(
    (one, other) => one.atMs - other.atMs,
  );
  script.add({ type: 'tool-start', call, tool });
  for (const { atMs, action } of signs) {
    script.moveTo(atMs);
    if (action !== undefined) script.add(action);
  }
  const durationMs = script.now - start;
  script.add({ type: 'tool-end', call, tool, output: outputOf(tool), failed: hasFailed(tool), durationMs });
};

/** Undefined is a moment at which nothing shows but time has passed. */
interface Sign {
  readonly atMs: number;
  readonly action: Action | undefined;
}

const progressOf = ({ progress }: ToolUse, call: number, start: number): readonly Sign[] => {
  let atMs = start;
  return progress.map(({ relativeTime, message }): Sign => {
    atMs += relativeTime;
    return { atMs, action: { type: 'tool-progress', call, message } };
  });
};

const executionOf = ({ toolExecution }: ToolUse, call: number, start: number): readonly Sign[] => {
  if (toolExecution === undefined) return [];
  const begin = start + toolExecution.startTimeMs;
  return toolExecution.events.map(({ type, timeMs, content }): Sign => {
    const atMs = begin + timeMs;
    if (type === 'completion') return { atMs, action: undefined };
    if (type === 'progress') return { atMs, action: { type: 'tool-progress', call, message: content } };
    return { atMs, action: { type: 'tool-output', call, stream: type, text: content } };
  });
};

/** What was printed, line by line; the `result` where nothing is, or where the tool is only told. */
const outputOf = ({ toolExecution, result, 'x-told': isTold }: ToolUse): string => {
  const printed = (toolExecution?.events ?? []).filter(({ type }) => type === 'stdout' || type === 'stderr');
  if (printed.length > 0 && !(isTold === true && result !== undefined)) {
    return printed.map(({ content }) => withLineEnd(content)).join('');
  }
  if (result === undefined || result === null) return '';
  return typeof result === 'string' ? result : JSON.stringify(result);
};

const hasFailed = ({ status, toolExecution }: ToolUse): boolean =>
  status === 'error' || (toolExecution?.events ?? []).some(({ exitCode }) => (exitCode ?? 0) !== 0);

const withLineEnd = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);
