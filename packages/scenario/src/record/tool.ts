import type { EventBody } from '@agent-harbor/api-contract/schemas';
import { workspacePath } from '../tool/workspace-path.ts';
import { type Context, inputOf } from './context.ts';
import type { Reading } from './readings.ts';
import type { Entry, TimelineWriter } from './timeline-writer.ts';

type Body<Type extends EventBody['type']> = Extract<EventBody, { type: Type }>;

/** A use of a tool with everything that belongs to it, one after the other, and what users said meanwhile. */
interface Use {
  readonly start: Body<'tool_use'>;
  readonly logs: readonly { readonly atMs: number; readonly body: Body<'log'> }[];
  readonly result: Body<'tool_result'>;
  readonly endMs: number;
  readonly inputs: readonly Reading[];
  /** What came with the result. */
  readonly changes: readonly EventBody[];
  /** How many events it takes, without the changes. */
  readonly count: number;
}

/** Writes the use of a tool that begins here; 0 when no entry says the same. */
export const toolAt = (index: number, context: Context, writer: TimelineWriter): number => {
  const use = readUse(index, context);
  if (use === undefined) return 0;
  const startMs = context.items[index]?.atMs ?? 0;
  for (const { entry, bodies } of candidates(use, startMs, index, context)) {
    // Reads and edits take no time: what follows is put at its own, and nobody can say anything meanwhile.
    const takesMs = entry.agentToolUse === undefined ? 0 : use.endMs - startMs;
    if (takesMs === 0 && use.inputs.length > 0) continue;
    if (!context.rehearsal.says(entry, bodies)) continue;
    if (use.inputs.length > 0) writer.beside({ userInputs: use.inputs.map(inputOf) });
    writer.add(startMs, entry, takesMs);
    return bodies.length + use.inputs.length;
  }
  return 0;
};

/** Writes a change of a file that no tool is shown for; 0 when no entry says the same. */
export const changeAt = (index: number, context: Context, writer: TimelineWriter): number => {
  const { items, known, rehearsal } = context;
  const [edit, diff] = [items[index], items[index + 1]];
  if (edit?.body.type !== 'file_edit' || diff?.body.type !== 'diff') return 0;
  const change = changeOf(edit.body, known.after(index + 1));
  if (change === undefined || diff.body.path !== edit.body.file_path) return 0;
  const { tool_execution_id: id } = edit.body;
  const entry: Entry = {
    agentEdits: { ...change, 'x-alone': true, ...(id === undefined ? {} : { 'x-toolCallId': id }) },
  };
  if (!rehearsal.says(entry, [edit.body, diff.body])) return 0;
  writer.add(edit.atMs, entry);
  return 2;
};

const readUse = (index: number, { items }: Context): Use | undefined => {
  const start = items[index]?.body;
  if (start?.type !== 'tool_use') return undefined;
  const id = start.tool_execution_id;
  const logs: { atMs: number; body: Body<'log'> }[] = [];
  const inputs: Reading[] = [];
  for (let next = index + 1; ; next++) {
    const reading = items[next];
    if (reading === undefined) return undefined;
    const { atMs, body } = reading;
    if (body.type === 'user_input') inputs.push(reading);
    else if (body.type === 'log' && body.tool_execution_id === id) logs.push({ atMs, body });
    else if (body.type === 'tool_result' && body.tool_execution_id === id) {
      const [edit, diff] = [items[next + 1]?.body, items[next + 2]?.body];
      const isChange = edit?.type === 'file_edit' && diff?.type === 'diff' && edit.tool_execution_id === id;
      const changes = isChange ? [edit, diff] : [];
      const count = next - index + 1 - inputs.length;
      return { start, logs, result: body, endMs: atMs, inputs, changes, count };
    } else return undefined;
  }
};

interface Candidate {
  readonly entry: Entry;
  /** The events it should say. */
  readonly bodies: readonly EventBody[];
}

/** What might say the same, what tells most first. */
function* candidates(use: Use, startMs: number, index: number, context: Context): Generator<Candidate> {
  const { start, logs, result, changes } = use;
  const own: readonly EventBody[] = [start, ...logs.map(({ body }) => body), result];
  const { path, ...others } = start.tool_args;
  const isOfPath = typeof path === 'string' && Object.keys(others).length === 0 && logs.length === 0;
  // Whoever else speaks of the call does so by its id.
  const isOnlyOwn = (bodies: readonly EventBody[]) =>
    usesIn(bodies, start.tool_execution_id) === context.uses.get(start.tool_execution_id);

  const diffIndex = index + use.count + use.inputs.length + 1;
  const [edit] = changes;
  if (
    isOfPath &&
    start.tool_name === 'editFile' &&
    edit?.type === 'file_edit' &&
    isOnlyOwn([...own, ...changes])
  ) {
    const change = changeOf(edit, context.known.after(diffIndex));
    if (change !== undefined) yield { entry: { agentEdits: change }, bodies: [...own, ...changes] };
  }
  if (isOfPath && start.tool_name === 'readFile' && isOnlyOwn(own)) {
    yield { entry: { agentFileReads: { files: [{ path }] } }, bodies: own };
    yield {
      entry: { agentFileReads: { files: [{ path, expectedContent: result.tool_output }] } },
      bodies: own,
    };
  }
  for (const bodies of changes.length === 0 ? [own] : [[...own, ...changes], own]) {
    const tool = toolOf(use, startMs, !isOnlyOwn(bodies));
    if (!context.denied.has(start.tool_execution_id)) yield { entry: { agentToolUse: tool }, bodies };
    yield { entry: { agentToolUse: { ...tool, result: result.tool_output, 'x-told': true } }, bodies };
  }
}

const usesIn = (bodies: readonly EventBody[], id: string): number =>
  bodies.filter((body) => 'tool_execution_id' in body && body.tool_execution_id === id).length;

const toolOf = ({ start, logs, result, endMs }: Use, startMs: number, needsId: boolean) => {
  const failed = result.status === 'failed';
  const signs = logs.map(({ atMs, body }) => ({
    type: body.stream ?? ('progress' as const),
    timeMs: atMs - startMs,
    content: body.message,
  }));
  const lastMs = endMs - startMs;
  const completion = lastMs > 0 ? [{ type: 'completion' as const, timeMs: lastMs }] : [];
  const events = [...signs, ...completion];
  return {
    toolName: start.tool_name,
    args: start.tool_args,
    ...(needsId ? { toolCallId: start.tool_execution_id } : {}),
    ...(failed ? { status: 'error' } : {}),
    ...(logs.length === 0 && result.tool_output !== '' ? { result: result.tool_output } : {}),
    ...(result.truncated === true ? { 'x-truncated': true } : {}),
    ...(events.length === 0 ? {} : { toolExecution: { events } }),
  };
};

/** The change of a file as an edit; undefined when nobody knows what came of it. */
const changeOf = (
  { file_path: path, description }: Body<'file_edit'>,
  after: ReturnType<Context['known']['after']>,
) => {
  if (after === undefined || workspacePath(path) !== path) return undefined;
  const why = description === undefined ? {} : { description };
  return after === null ? { path, delete: true as const, ...why } : { path, contents: after, ...why };
};
