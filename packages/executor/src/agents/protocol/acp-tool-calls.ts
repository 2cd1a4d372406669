import type { JsonObject } from '@agent-harbor/api-contract/schemas';
import { cutMiddle, outputBytes } from '../../journal/cut.ts';
import { isRecord, isText } from '../../process/shape.ts';
import { boundedOutput, contentText } from './acp-content.ts';
import type { AgentContext } from './protocol.ts';

/** Tool calls as they are told piece by piece: each becomes one `tool_use` and, when it ended, one `tool_result`. */
export interface ToolCalls {
  /** A `tool_call` or a `tool_call_update`; members that are absent stay what they were. */
  take(update: Readonly<Record<string, unknown>>): void;
  /** Tells the calls that were announced and never heard of again. */
  flush(): void;
}

interface ToolCall {
  readonly id: string;
  name?: string;
  title?: string;
  kind?: string;
  input?: unknown;
  output?: unknown;
  content: readonly unknown[];
  isStarted: boolean;
  isEnded: boolean;
}

const nameBytes = 255;

export const createToolCalls = (context: AgentContext): ToolCalls => {
  const calls = new Map<string, ToolCall>();

  const start = (call: ToolCall) => {
    if (call.isStarted) return;
    call.isStarted = true;
    const args = toolArguments(call.input);
    const place = { tool_name: nameOf(call), tool_execution_id: call.id };
    context.report({ type: 'tool_use', ...place, tool_args: args, status: 'started' });
  };
  const end = (call: ToolCall, status: 'completed' | 'failed') => {
    start(call);
    if (call.isEnded) return;
    call.isEnded = true;
    const place = { tool_name: nameOf(call), tool_execution_id: call.id };
    context.report({ type: 'tool_result', ...place, ...boundedOutput(outputOf(call)), status });
    context.releaseFiles(call.id);
    // Only the id is needed from here on, so that a late word about the call does not begin another one.
    call.input = call.output = undefined;
    call.content = [];
  };
  const claimFiles = (call: ToolCall, update: Readonly<Record<string, unknown>>) => {
    for (const item of call.content) {
      if (isRecord(item) && item.type === 'diff' && isText(item.path)) context.claimFile(item.path, call.id);
    }
    if (call.kind !== 'edit' && call.kind !== 'delete' && call.kind !== 'move') return;
    for (const location of Array.isArray(update.locations) ? update.locations : []) {
      if (isRecord(location) && isText(location.path)) context.claimFile(location.path, call.id);
    }
  };

  return {
    take(update) {
      const id = cutMiddle(isText(update.toolCallId) ? update.toolCallId : '', nameBytes).text;
      const known = calls.get(id);
      const call = known ?? { id, content: [], isStarted: false, isEnded: false };
      calls.set(id, call);
      if (isText(update.name)) call.name = update.name;
      if (isText(update.title)) call.title = update.title;
      if (isText(update.kind)) call.kind = update.kind;
      if (update.rawInput !== undefined && update.rawInput !== null) call.input = update.rawInput;
      if (update.rawOutput !== undefined && update.rawOutput !== null) call.output = update.rawOutput;
      if (Array.isArray(update.content)) call.content = update.content;
      claimFiles(call, update);
      // A call is often announced before its arguments are known: it is told with the next word about it.
      const isAnnounced = known === undefined && update.status !== 'in_progress' && call.input === undefined;
      if (!isAnnounced) start(call);
      if (update.status === 'completed' || update.status === 'failed') end(call, update.status);
    },
    flush() {
      for (const call of calls.values()) start(call);
    },
  };
};

const nameOf = ({ name, title, kind }: ToolCall): string =>
  cutMiddle((name ?? title ?? kind ?? 'tool').toWellFormed(), nameBytes).text;

/** Arguments are kept as they are; too large ones are kept as cut text. */
const toolArguments = (input: unknown): JsonObject => {
  if (input === undefined) return {};
  const json = JSON.stringify(input);
  if (Buffer.byteLength(json) > outputBytes) return { truncated: cutMiddle(json, outputBytes).text };
  return isRecord(input) ? { ...input } : { input };
};

/** What the tool gave: its text content; without any, its raw output. */
const outputOf = ({ content, output }: ToolCall): string => {
  const texts = content.flatMap((item) => {
    if (!isRecord(item)) return [];
    if (item.type === 'content') return [contentText(item.content)];
    if (item.type === 'diff' && isText(item.path)) return [`Changed ${item.path}`];
    return [];
  });
  if (texts.length > 0) return texts.join('\n');
  if (output === undefined) return '';
  return isText(output) ? output : JSON.stringify(output);
};
