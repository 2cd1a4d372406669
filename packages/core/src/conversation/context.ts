import {
  type ContextFile,
  type ContextWindow,
  type Model,
  type SessionContext,
  type SessionEvent,
  type UpdateContext,
  WorkspacePath,
} from '@agent-harbor/api-contract/schemas';
import { Problem } from '../problem.ts';
import type { Scope } from '../scope.ts';
import type { SessionRecord } from '../session/record.ts';
import type { Store } from '../store/store.ts';
import type { ReadFile } from './attach.ts';
import { type Scan, scan } from './scan.ts';
import { type OpenTokenCounter, openedOnce, type TokenCounter } from './tokens.ts';

/** What users wished for the context of a session; nobody did when empty. */
export type ContextWish = Pick<
  UpdateContext,
  'add_files' | 'remove_files' | 'enable_tools' | 'disable_tools' | 'model_override'
>;

/** Of so many files the size is looked up. */
const measuredFiles = 50;

/** What is kept of the wishes for the context of a session. */
export const readWish = async (store: Store, scope: Scope, sessionId: string): Promise<ContextWish> =>
  (await store.conversation(scope, sessionId, 'context'))[0]?.value ?? {};

/** The wishes after one more: the last one about a file or a tool counts. */
export const wishAfter = (before: ContextWish, next: ContextWish): ContextWish => {
  const [add_files, remove_files] = decided(
    [before.add_files, before.remove_files],
    [next.add_files, next.remove_files],
  );
  const [enable_tools, disable_tools] = decided(
    [before.enable_tools, before.disable_tools],
    [next.enable_tools, next.disable_tools],
  );
  const model = next.model_override ?? before.model_override;
  const model_override = model === undefined ? {} : { model_override: model };
  return { add_files, remove_files, enable_tools, disable_tools, ...model_override };
};

type Decision = readonly [yes: readonly string[] | undefined, no: readonly string[] | undefined];

/** A name wished both ways at once is not wanted. */
const decided = ([yes = [], no = []]: Decision, [more = [], less = []]: Decision): [string[], string[]] => [
  [...new Set([...yes, ...more])].filter((name) => !less.includes(name)),
  [...new Set([...no.filter((name) => !more.includes(name)), ...less])],
];

/** What the agent of a session works with, as its events and the wishes tell. */
export const readContext = async (
  store: Store,
  scope: Scope,
  session: SessionRecord,
  read: ReadFile,
  openCounter: OpenTokenCounter,
): Promise<SessionContext> => {
  const wish = await readWish(store, scope, session.id);
  const { events } = await scan(store, scope, session.id, told);
  const counter = openedOnce(openCounter);
  const used = events.flatMap((event) => (event.type === 'tool_use' ? [event.tool_name] : []));
  const off = wish.disable_tools ?? [];
  const active = modelsOf(session, events).find(({ status }) => status === 'active');
  return {
    context_window: await windowOf(session, events, counter),
    context_files: await measured(filesOf(session, events, wish), read, counter),
    enabled_tools: [...new Set([...used, ...(wish.enable_tools ?? [])])]
      .filter((name) => !off.includes(name))
      .toSorted(),
    disabled_tools: off.toSorted(),
    active_model: active === undefined ? null : { type: active.id, context_window: active.context_window },
  };
};

/** The models that a session's agent named, the one it uses first. */
export const readModels = async (store: Store, scope: Scope, session: SessionRecord): Promise<Model[]> =>
  modelsOf(session, (await scan(store, scope, session.id, ['usage', 'models'])).events);

/**
 * The model that a prompt is handed over with: the one that is wished, where the agent offers it. The model the session
 * was given may always be wished. Refuses any other.
 */
export const modelToUse = async (
  store: Store,
  scope: Scope,
  session: SessionRecord,
  wished: string | undefined,
): Promise<string | undefined> => {
  if (wished === undefined) return undefined;
  const { events } = await scan(store, scope, session.id, ['models']);
  const offered = events.flatMap((event) => (event.type === 'models' ? [event] : [])).at(-1)?.models ?? [];
  if (offered.some(({ id }) => id === wished)) return wished;
  if (wished === session.agent.model) return undefined;
  const names = offered.map(({ id }) => id);
  const choice =
    names.length > 0 ? `must be one of ${names.join(', ')}` : `must be ${session.agent.model ?? 'left out'}`;
  throw new Problem('unsupported-choice', {
    detail: `model_override ${choice}: the agent of the session offers no other model.`,
    errors: { model_override: [choice] },
  });
};

const told = [
  'models',
  'user_input',
  'message',
  'thought',
  'tool_use',
  'tool_result',
  'file_edit',
  'usage',
] as const;

const modelsOf = ({ agent }: SessionRecord, events: Scan['events']): Model[] => {
  const offer = events.findLast((event) => event.type === 'models');
  const named = events.flatMap((event) => (event.type === 'usage' ? (event.model ?? []) : []));
  const chosen = agent.model === undefined ? [] : [agent.model];
  const newestFirst = [
    ...(offer?.active === undefined ? [] : [offer.active]),
    ...named.toReversed(),
    ...chosen,
  ];
  const offered = new Map(offer?.models.map((model) => [model.id, model.name]));
  const window = events.findLast((event) => event.type === 'usage' && event.context_window !== undefined);
  return [...new Set([...newestFirst, ...offered.keys()])].map((id, index) => ({
    id,
    name: offered.get(id) ?? id,
    provider: null,
    context_window: index === 0 && window?.type === 'usage' ? (window.context_window ?? null) : null,
    input_pricing: null,
    output_pricing: null,
    capabilities: offer?.capabilities ?? [],
    status: index === 0 && newestFirst.length > 0 ? 'active' : 'available',
  }));
};

/**
 * How full its window is an agent says, or of its newest call what the model was given and what it said: that is what its
 * window holds.
 */
const windowOf = async (
  { prompt }: SessionRecord,
  events: Scan['events'],
  openCounter: OpenTokenCounter,
): Promise<ContextWindow> => {
  const told = events.filter((event) => event.type === 'usage');
  const window = told.findLast(({ context_tokens }) => context_tokens !== undefined);
  const call = told.findLast(({ input_tokens, output_tokens }) => input_tokens + output_tokens > 0);
  const counter = window === undefined && call === undefined ? await openCounter() : undefined;
  const [input, output] =
    counter === undefined
      ? [call?.input_tokens ?? 0, call?.output_tokens ?? 0]
      : await estimateOf(prompt, events, counter);
  const used = window?.context_tokens ?? input + output;
  const total = window?.context_window ?? null;
  // What a turn took by many calls may be more than the window holds.
  const output_tokens = Math.min(output, used);
  return {
    total_tokens: total,
    used_tokens: used,
    remaining_tokens: total === null ? null : Math.max(0, total - used),
    percentage_used: total === null || total === 0 ? null : Math.round((used / total) * 1000) / 10,
    input_tokens: used - output_tokens,
    output_tokens,
    estimate: counter !== undefined,
    ...(counter === undefined ? {} : { estimated_by: counter.name }),
  };
};

const estimateOf = async (
  prompt: string,
  events: Scan['events'],
  counter: TokenCounter,
): Promise<readonly [input: number, output: number]> => {
  let [heard, said] = [await counter.count(prompt), 0];
  for (const event of events) {
    const [who, text] = spokenIn(event);
    if (who === 'agent') said += await counter.count(text);
    else heard += await counter.count(text);
  }
  return [heard, said];
};

const spokenIn = (event: SessionEvent): readonly [who: 'agent' | 'other', text: string] => {
  if (event.type === 'user_input') return ['other', event.content];
  if (event.type === 'tool_result') return ['other', event.tool_output];
  if (event.type === 'thought') return ['agent', event.thought];
  if (event.type === 'tool_use') return ['agent', JSON.stringify(event.tool_args)];
  if (event.type === 'message') return [event.role === 'user' ? 'other' : 'agent', event.content];
  return ['other', ''];
};

interface KnownFile {
  readonly path: string;
  readonly source: ContextFile['source'];
}

/** The files the agent knows of, the last one first, without those a user took away. */
const filesOf = (session: SessionRecord, events: Scan['events'], wish: ContextWish): readonly KnownFile[] => {
  const known = new Map<string, KnownFile>();
  for (const path of wish.add_files ?? []) known.set(path, { path, source: 'added' });
  for (const event of events.toReversed()) {
    for (const path of pathsIn(event, session.workspace.mountPath)) {
      const source = event.type === 'file_edit' ? 'edited' : 'used';
      const before = known.get(path);
      if (before === undefined || (before.source === 'used' && source === 'edited'))
        known.set(path, { path, source });
    }
  }
  const gone = wish.remove_files ?? [];
  return [...known.values()].filter(({ path }) => !gone.includes(path));
};

/** Under which names tools are told of files. */
const pathMembers = ['path', 'file_path', 'filePath', 'target_file', 'abs_path'];

const pathsIn = (event: SessionEvent, root: string | null): readonly string[] => {
  if (event.type === 'file_edit') return [event.file_path];
  if (event.type !== 'tool_use') return [];
  return pathMembers.flatMap((name) => {
    const value = event.tool_args[name];
    if (typeof value !== 'string') return [];
    const path = root !== null && value.startsWith(`${root}/`) ? value.slice(root.length + 1) : value;
    return WorkspacePath.safeParse(path).success ? [path] : [];
  });
};

const measured = async (
  files: readonly KnownFile[],
  read: ReadFile,
  openCounter: OpenTokenCounter,
): Promise<ContextFile[]> => {
  const measuredOnes: ContextFile[] = [];
  for (const [index, file] of files.entries()) {
    const content = index < measuredFiles ? await read(file.path).catch(nothingThere) : undefined;
    measuredOnes.push({
      path: file.path,
      tokens: content?.encoding === 'utf-8' ? await (await openCounter()).count(content.content) : null,
      last_modified: content?.last_modified ?? null,
      source: file.source,
    });
  }
  return measuredOnes;
};

/** A file that is gone, or a workspace that is, is no failure of whoever asks what the agent knows. */
const nothingThere = (error: unknown): undefined => {
  if (error instanceof Problem && (error.code === 'file-not-found' || error.code === 'workspace-gone'))
    return undefined;
  throw error;
};
