import type { ToolUse } from '../format/tool-use.ts';
import type { WebPage } from '../format/web.ts';
import { fetchPage, type Given, searchWeb } from '../tool/web.ts';
import type { Script } from './script.ts';
import type { Action } from './step.ts';

/** What tools meet that are about no workspace. */
export interface Surroundings {
  readonly web: readonly WebPage[] | undefined;
  /** The ids of the modes the agent offers. */
  readonly modes: readonly string[];
}

/** Writes down one use of a tool, from its start to its result. */
export const addToolUse = (
  script: Script,
  tool: ToolUse,
  call: number,
  surroundings: Surroundings = { web: undefined, modes: [] },
): void => {
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
  const told = { output: outputOf(tool), failed: hasFailed(tool) };
  const { mode, output, failed } = effectOf(tool, told, surroundings);
  if (mode !== undefined) script.add({ type: 'mode', modeId: mode });
  script.add({ type: 'tool-end', call, tool, output, failed, durationMs });
};

interface Effect extends Given {
  /** The mode it brings the agent into. */
  readonly mode?: string;
}

/** What a tool does that is about no workspace: what the scenario says it gave comes first. */
const effectOf = (tool: ToolUse, told: Given, { web, modes }: Surroundings): Effect => {
  if (tool['x-told'] === true || told.failed) return told;
  const isSilent = told.output === '';
  switch (tool.toolName) {
    case 'webFetch':
      return web === undefined || !isSilent ? told : fetchPage(web, tool.args);
    case 'webSearch':
      return web === undefined || !isSilent ? told : searchWeb(web, tool.args);
    case 'slashCommand': {
      const mode = /^\/mode\s+(\S+)\s*$/.exec(String(tool.args.command ?? ''))?.[1];
      if (mode === undefined) return told;
      if (!modes.includes(mode)) {
        return {
          output: `There is no mode ${mode}: ${modes.join(', ') || 'none is offered'}.`,
          failed: true,
        };
      }
      return { output: isSilent ? `Works in the mode ${mode}.` : told.output, failed: false, mode };
    }
    default:
      return told;
  }
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
