import {
  type Attachment,
  type ChatMessage,
  type ContentBlock,
  type Prompt,
  SendMessage,
  SessionEvent,
  sessionAttachmentBytes,
} from '@agent-harbor/api-contract/schemas';
import { type Clock, timestamp } from '../clock.ts';
import type { Executor } from '../executor/executor.ts';
import type { Ids } from '../ids.ts';
import { parse } from '../parse.ts';
import { fieldProblem, Problem } from '../problem.ts';
import type { Scope } from '../scope.ts';
import type { Change, Store, StoredEvent, StoredSession } from '../store/store.ts';
import type { Hub } from '../stream/hub.ts';
import type { Calling } from '../task/once.ts';
import { promptText } from '../task/plan-launch.ts';
import { checkSize, commandId, handToRunning } from '../task/prompting.ts';
import { untilFound } from '../task/until-found.ts';
import type { Workspaces } from '../workspace/workspaces.ts';
import { type Attached, attach } from './attach.ts';
import { modelToUse, readWish } from './context.ts';
import { messageOf, withNote } from './project.ts';
import type { MessageNote } from './row.ts';
import type { OpenTokenCounter } from './tokens.ts';

export interface SendParts {
  readonly store: Store;
  readonly executor: Executor;
  readonly hub: Hub;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly workspaces: Workspaces;
  /** How tokens are estimated where the agent tells of none. */
  readonly openCounter: OpenTokenCounter;
}

/** Says something to the agent of a session, once for every request, and gives the message as the log has it. */
export const send = async (
  parts: SendParts,
  scope: Scope,
  { record: session, lastSeq: behind }: StoredSession,
  wish: SendMessage & { readonly retry_of?: string },
  calling: Calling<ChatMessage>,
): Promise<ChatMessage> => {
  const { store, executor, clock, ids } = parts;
  const { retry_of, ...given } = wish;
  const message = parse(SendMessage, given);
  const settings = await readWish(store, scope, session.id);
  const { content, attachments = [] } = message;
  const along = {
    context_files: message.context_files ?? nonEmpty(settings.add_files),
    tools_enabled: message.tools_enabled ?? nonEmpty(settings.enable_tools),
    model_override: message.model_override,
    thread_id: message.thread_id,
    retry_of,
  };
  checkSize(content);
  const model = await modelToUse(store, scope, session, along.model_override ?? settings.model_override);
  const locate = (path: string) => fileUri(session.workspace.mountPath, path);
  const read = (path: string) => parts.workspaces.fileContent(session.id, path, { signal: calling.signal });
  const attached = await attach(attachments, timestamp(clock.now()), read, locate, parts.openCounter);
  await checkRoom(store, scope, session.id, attached);
  const id = commandId(ids, calling, session.id);
  const prompt = promptOf({ ...along, content }, nonEmpty(settings.disable_tools), attached, locate);
  await handToRunning(executor, session, { id, prompt, model, calling }).catch((error: unknown) => {
    throw inAttachments(error, attached.length);
  });
  const event = await untilFound(
    parts,
    session.id,
    calling.signal,
    createFinder(store, scope, session.id, {
      id,
      text: promptText(prompt),
      author: calling.by,
      behind,
      mayBeRepeated: calling.commandId !== undefined,
    }),
  );
  const said = messageOf(event);
  if (said === undefined) throw new Problem('internal', { detail: 'The message is none.' });
  const { model_override, thread_id } = along;
  const isPlain =
    typeof prompt === 'string' && [model_override, thread_id, retry_of].every((one) => one === undefined);
  const note: MessageNote = { ...along, content, attachments: attached.map(summaryOf) };
  const result = withNote(said, note);
  const place = { kind: 'conversation-saved', sessionId: session.id } as const;
  const rows: readonly Change[] = [
    ...(isPlain
      ? []
      : [{ ...place, row: { part: 'message', seq: event.seq, id: '', value: note } } as const]),
    ...attached.map(
      ({ kept }) =>
        ({ ...place, row: { part: 'attachment', seq: event.seq, id: kept.id, value: kept } }) as const,
    ),
    ...calling.alongside(result),
  ];
  // The agent has it already.
  if (rows.length > 0) await store.commit(rows, { isUrgent: true });
  return result;
};

const nonEmpty = (names: readonly string[] | undefined): string[] | undefined =>
  names === undefined || names.length === 0 ? undefined : [...names];

/** Refuses what would be more than a session may keep. */
export const checkRoom = async (
  store: Store,
  scope: Scope,
  sessionId: string,
  attached: readonly Attached[],
): Promise<void> => {
  if (attached.length === 0) return;
  const notes = await store.conversation(scope, sessionId, 'message');
  const all = [...notes.flatMap(({ value }) => value.attachments), ...attached.map(({ kept }) => kept)];
  const bytes = all.reduce((sum, { size_bytes }) => sum + size_bytes, 0);
  if (bytes <= sessionAttachmentBytes) return;
  throw new Problem('payload-too-large', {
    detail: `The attachments of the session would take ${bytes} bytes; at most ${sessionAttachmentBytes} are kept.`,
  });
};

/** What is told of an attachment without its content. */
export const summaryOf = ({ kept: { content: _, encoding: __, ...summary } }: Attached): Attachment =>
  summary;

/** Where a file of the workspace is, as a url. */
export const fileUri = (mountPath: string | null, path: string): string =>
  `file://${[...(mountPath ?? '').split(/[\\/]/), ...path.split('/')]
    .filter((part) => part !== '')
    .map((part) => `/${encodeURIComponent(part)}`)
    .join('')}`;

/** What the agent gets: the words, what is attached, and in words what it cannot be made to do. */
const promptOf = (
  { content, context_files = [], tools_enabled = [] }: SendMessage,
  tools_disabled: readonly string[] = [],
  attached: readonly Attached[],
  locate: (path: string) => string,
): Prompt => {
  const blocks: ContentBlock[] = [
    ...attached.map(({ block }) => block),
    ...context_files.map((path) => ({
      type: 'resource_link' as const,
      uri: locate(path),
      name: path.slice(-255),
    })),
    ...toolsBlock('Tools to use', tools_enabled),
    ...toolsBlock('Tools not to use', tools_disabled),
  ];
  return blocks.length === 0 ? content : [{ type: 'text', text: content }, ...blocks];
};

const toolsBlock = (words: string, tools: readonly string[]): ContentBlock[] =>
  tools.length === 0 ? [] : [{ type: 'text', text: `${words}: ${tools.join(', ')}` }];

/** What an executor says of a block of the prompt, said of the attachment it was made of. */
const inAttachments = (error: unknown, attachments: number): unknown => {
  if (!(error instanceof Problem) || error.code !== 'invalid-request') return error;
  for (const [field, [message = '']] of Object.entries(error.errors ?? {})) {
    const block = /^prompt\.(\d+)$/.exec(field)?.[1];
    if (block !== undefined && Number(block) >= 1 && Number(block) <= attachments)
      return fieldProblem(`attachments.${Number(block) - 1}`, message);
  }
  return error;
};

/** A prompt, as it is known again among the events of its session. */
interface Handed {
  readonly id: string;
  readonly text: string;
  readonly author: string;
  /** The last event there was before it. */
  readonly behind: number;
  /** Whether the same request may have been made before. */
  readonly mayBeRepeated: boolean;
}

/** Recorders of an older release do not say by which id they took a prompt: then it is known by its words. */
const isFrom =
  ({ id, text, author, behind }: Handed) =>
  ({ json }: StoredEvent): boolean => {
    const event = parse(SessionEvent, JSON.parse(json), 'event');
    if (event.type !== 'user_input') return false;
    if (event.promptId !== undefined) return event.promptId === id;
    return event.seq > behind && event.author === author && event.content === text;
  };

/** So many prompts before a request are looked through for one it repeats. */
const lookedBack = 1_000;
const pageRows = 100;
const pageBytes = 1024 * 1024;

/**
 * Looks for the event that a prompt became: in what came behind the end of the log as it was when the request came in, and
 * once in the last prompts before it, where a request that is repeated finds what it did when it was made first. What the
 * log holds beside prompts, and how long it is, costs nothing.
 */
const createFinder = (store: Store, scope: Scope, sessionId: string, handed: Handed) => {
  const selection = { scope, sessionId, types: ['user_input'] as const, maxBytes: pageBytes };
  const isMeant = isFrom(handed);
  let after = handed.behind;
  let isRepeated = handed.mayBeRepeated;

  const ahead = async (): Promise<StoredEvent | undefined> => {
    for (;;) {
      const events = await store.events({ ...selection, after, order: 'asc', limit: pageRows });
      const found = events.find(isMeant);
      const last = events.at(-1);
      if (found !== undefined || last === undefined) return found;
      after = last.seq;
    }
  };
  const behind = async (): Promise<StoredEvent | undefined> => {
    let before = handed.behind + 1;
    for (let looked = 0; looked < lookedBack; ) {
      const limit = Math.min(pageRows, lookedBack - looked);
      const events = await store.events({ ...selection, before, order: 'desc', limit });
      const found = events.find(isMeant);
      const last = events.at(-1);
      if (found !== undefined || last === undefined) return found;
      looked += events.length;
      before = last.seq;
    }
    return undefined;
  };
  return async (): Promise<StoredEvent | undefined> => {
    const found = await ahead();
    if (found !== undefined || !isRepeated) return found;
    isRepeated = false;
    return behind();
  };
};
