import {
  type JsonObject,
  type Pipeline,
  pipelinesOf,
  pipelinesRun,
} from '@agent-harbor/api-contract/schemas';
import { cutMiddle, lineBytes, outputBytes, piecesOf, reasonBytes } from '../../journal/cut.ts';
import { isList, isRecord, isText } from '../../process/shape.ts';
import { boundedOutput, contentText } from './acp-content.ts';
import type { Terminals } from './acp-terminals.ts';
import type { UpdateContext } from './protocol.ts';

/**
 * Tool calls as they are told piece by piece: each becomes one `tool_use`, a log line of its own for what it says
 * meanwhile, and, when it ended, one `tool_result`.
 */
export interface ToolCalls {
  /** A `tool_call` or a `tool_call_update`; members that are absent stay what they were. */
  take(update: Readonly<Record<string, unknown>>): void;
  /** What is known of a call by now, whichever word about it said so. */
  describe(id: unknown): ToolDescription;
  /** Tells the calls that were announced and never heard of again. */
  flush(): void;
}

/** A tool call as it is shown to people, and to rules. */
export interface ToolDescription {
  readonly id: string;
  readonly title: string;
  readonly name: string | undefined;
  readonly kind: string | undefined;
  /** The files it says it is about, as it names them. */
  readonly paths: readonly string[];
}

interface ToolCall {
  readonly id: string;
  name?: string;
  title?: string;
  kind?: string;
  input?: unknown;
  output?: unknown;
  content: readonly unknown[];
  locations: readonly unknown[];
  /** Its text as it was last told in lines. */
  told: string;
  /** When it was started. */
  beganAt: number;
  isStarted: boolean;
  isEnded: boolean;
}

const nameBytes = 255;

/** Nobody has terminals. */
const noTerminals: ShownTerminals = { adopt: () => {}, printed: () => undefined, pipelines: () => undefined };

type ShownTerminals = Pick<Terminals, 'adopt' | 'printed' | 'pipelines'>;

export const createToolCalls = (
  context: UpdateContext,
  terminals: ShownTerminals = noTerminals,
): ToolCalls => {
  const calls = new Map<string, ToolCall>();

  const start = (call: ToolCall) => {
    if (call.isStarted) return;
    call.isStarted = true;
    call.beganAt = context.clock.now();
    const args = toolArguments(call.input);
    const place = { tool_name: nameOf(call), tool_execution_id: call.id };
    context.report({ type: 'tool_use', ...place, tool_args: args, status: 'started' });
  };
  const end = (call: ToolCall, status: 'completed' | 'failed') => {
    start(call);
    if (call.isEnded) return;
    call.isEnded = true;
    const place = { tool_name: nameOf(call), tool_execution_id: call.id };
    const { text, bytes } = outputOf(call, terminals);
    context.report({
      type: 'tool_result',
      ...place,
      ...boundedOutput(text),
      status,
      duration_ms: Math.max(0, Math.round(context.clock.now() - call.beganAt)),
      output_bytes: bytes,
      ...pipelinesIn(call, terminals),
    });
    context.releaseFiles(call.id);
    // Only the id is needed from here on, so that a late word about the call does not begin another one.
    call.input = call.output = undefined;
    call.content = call.locations = [];
    call.told = '';
  };
  const progress = (call: ToolCall) => {
    const text = textOf(call.content).join('\n').toWellFormed();
    const fresh = freshLines(call.told, text);
    call.told = text;
    if (fresh === '') return;
    const pieces = piecesOf(fresh, lineBytes);
    for (const [index, message] of pieces.entries()) {
      const continued = index < pieces.length - 1 ? { continued: true } : {};
      context.report({ type: 'log', level: 'info', message, ...continued, tool_execution_id: call.id });
    }
  };
  const claimFiles = (call: ToolCall, locations: readonly unknown[]) => {
    const changes = call.kind === 'edit' || call.kind === 'delete' || call.kind === 'move';
    const paths = [...diffPaths(call), ...(changes ? pathsIn(locations) : [])];
    for (const path of paths) context.claimFile(path, call.id);
  };

  return {
    take(update) {
      const id = idOf(update.toolCallId);
      const known = calls.get(id);
      const call = known ?? newCall(id);
      calls.set(id, call);
      if (isText(update.name)) call.name = update.name;
      if (isText(update.title)) call.title = update.title;
      if (isText(update.kind)) call.kind = update.kind;
      if (update.rawInput !== undefined && update.rawInput !== null) call.input = update.rawInput;
      if (update.rawOutput !== undefined && update.rawOutput !== null) call.output = update.rawOutput;
      if (Array.isArray(update.content)) call.content = update.content;
      const locations = Array.isArray(update.locations) ? update.locations : undefined;
      if (locations !== undefined) call.locations = locations;
      claimFiles(call, locations ?? []);
      for (const terminal of terminalsOf(call.content)) terminals.adopt(terminal, id);
      // A call is often announced before its arguments are known: it is told with the next word about it.
      const isAnnounced = known === undefined && update.status !== 'in_progress' && isEmpty(call.input);
      if (!isAnnounced) start(call);
      if (update.status === 'completed' || update.status === 'failed') end(call, update.status);
      else if (call.isStarted && !call.isEnded && Array.isArray(update.content)) progress(call);
    },
    describe(toolCallId) {
      const id = idOf(toolCallId);
      const call = calls.get(id) ?? newCall(id);
      const { title, name, kind } = call;
      return {
        id,
        title: cutMiddle((title ?? name ?? kind ?? 'tool').toWellFormed(), reasonBytes).text,
        name: name && shortened(name),
        kind: kind && shortened(kind),
        paths: [...new Set([...pathsIn(call.locations), ...diffPaths(call)])],
      };
    },
    flush() {
      for (const call of calls.values()) start(call);
    },
  };
};

/** Some announce a call with arguments that are still to come. */
const isEmpty = (input: unknown): boolean =>
  input === undefined || (isRecord(input) && Object.keys(input).length === 0);

const newCall = (id: string): ToolCall => ({
  id,
  content: [],
  locations: [],
  told: '',
  beganAt: 0,
  isStarted: false,
  isEnded: false,
});

const idOf = (toolCallId: unknown): string => cutMiddle(isText(toolCallId) ? toolCallId : '', nameBytes).text;

const shortened = (name: string): string => cutMiddle(name.toWellFormed(), nameBytes).text;

const diffPaths = ({ content }: Pick<ToolCall, 'content'>): string[] =>
  pathsIn(content.filter((item) => isRecord(item) && item.type === 'diff'));

const pathsIn = (items: readonly unknown[]): string[] =>
  items.flatMap((item) => (isRecord(item) && isText(item.path) ? [item.path] : []));

const nameOf = ({ name, title, kind }: ToolCall): string => shortened(name ?? title ?? kind ?? 'tool');

/** Arguments are kept as they are; too large ones are kept as cut text. */
const toolArguments = (input: unknown): JsonObject => {
  if (input === undefined) return {};
  const json = JSON.stringify(input);
  if (Buffer.byteLength(json) > outputBytes) return { truncated: cutMiddle(json, outputBytes).text };
  return isRecord(input) ? { ...input } : { input };
};

/** What the tool gave: its text content, and what its terminals printed; without any, its raw output. */
const outputOf = (
  { content, output }: ToolCall,
  terminals: ShownTerminals,
): { readonly text: string; readonly bytes: number } => {
  let beyond = 0;
  const texts = content.flatMap((item) => {
    if (!isRecord(item)) return [];
    if (item.type === 'diff' && isText(item.path)) return [`Changed ${item.path}`];
    const printed = isText(item.terminalId) ? terminals.printed(item.terminalId) : undefined;
    if (printed === undefined) return textOf([item]);
    beyond += printed.bytes - Buffer.byteLength(printed.text);
    return [printed.text];
  });
  const text = texts.length > 0 ? texts.join('\n') : rawOf(output);
  return { text, bytes: Math.max(0, Buffer.byteLength(text) + beyond) };
};

const rawOf = (output: unknown): string => {
  if (output === undefined) return '';
  return isText(output) ? output : JSON.stringify(output);
};

/** What it ran: of the terminals it shows, or of the command line it tells. */
const pipelinesIn = (
  { kind, input, content, output }: ToolCall,
  terminals: ShownTerminals,
): { readonly pipelines?: Pipeline[] } => {
  const shown = terminalsOf(content);
  const told =
    shown.length === 0 && kind === 'execute' ? pipelinesOfInput(input, exitCodeIn(output)) : undefined;
  const pipelines = told ?? shown.flatMap((id) => terminals.pipelines(id) ?? []);
  return pipelines.length === 0 ? {} : { pipelines };
};

/** Agents tell a line for a shell, or the words of a program, which may be a shell with a line. */
const pipelinesOfInput = (input: unknown, exitCode: number | undefined): Pipeline[] | undefined => {
  const { command, cmd, args } = isRecord(input) ? input : {};
  const told = command ?? cmd;
  if (isList(told, isText)) return pipelinesRun(told, exitCode);
  return isText(told) && !isList(args, isText) ? pipelinesOf(told, exitCode) : undefined;
};

/** Some tell how what they ran ended; there is no one word for it. */
const exitCodeIn = (output: unknown): number | undefined => {
  const { exitCode, exit_code: spelt, code } = isRecord(output) ? output : {};
  const told = exitCode ?? spelt ?? code;
  return typeof told === 'number' && Number.isInteger(told) && told >= 0 && told <= 255 ? told : undefined;
};

const terminalsOf = (content: readonly unknown[]): string[] =>
  content.flatMap((item) =>
    isRecord(item) && item.type === 'terminal' && isText(item.terminalId) ? [item.terminalId] : [],
  );

const textOf = (content: readonly unknown[]): string[] =>
  content.flatMap((item) => (isRecord(item) && item.type === 'content' ? [contentText(item.content)] : []));

/**
 * What is new in a text that replaces another: some agents send all of it again, longer, others only the newest. A line
 * that has grown is told again from its beginning, as long as it is not a whole event by itself.
 */
const freshLines = (before: string, now: string): string => {
  if (now === before) return '';
  const from = now.startsWith(before) ? before.length : 0;
  const line = now.lastIndexOf('\n', from - 1) + 1;
  const isWhole = from === 0 || now[from] === '\n' || from - line > lineBytes;
  return now.slice(isWhole ? from : line).replace(/^\r?\n|\r?\n$/g, '');
};
