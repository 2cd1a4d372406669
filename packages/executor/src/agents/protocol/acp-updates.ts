import type { EventBody } from '@agent-harbor/api-contract/schemas';
import { cutMiddle, lineBytes, piecesOf } from '../../journal/cut.ts';
import { isRecord, isText } from '../../process/shape.ts';
import { contentText } from './acp-content.ts';
import type { Terminals } from './acp-terminals.ts';
import { createToolCalls, type ToolDescription } from './acp-tool-calls.ts';
import type { UsageReader } from './acp-usage.ts';
import type { UpdateContext } from './protocol.ts';

/** Session updates of the Agent Client Protocol, told as our events. */
export interface UpdateTranslator {
  take(update: unknown): void;
  /** What the updates said of a tool call by now. */
  toolCall(id: unknown): ToolDescription;
  /** Records what is still being put together. */
  flush(): void;
}

/** What was said in several chunks is one event; a pause this long ends it all the same. */
const pauseMs = 2_000;

type Voice = 'thought' | 'assistant' | 'user';

/** `updates` of the protocol's version 1: https://agentclientprotocol.com/protocol/prompt-turn. */
export const createUpdateTranslator = (
  context: UpdateContext,
  usage: Pick<UsageReader, 'update'>,
  terminals?: Terminals,
): UpdateTranslator => {
  const tools = createToolCalls(context, terminals);
  let said: { voice: Voice; message: unknown; text: string; at: number; bytes: number } | undefined;
  let cancelPause = () => {};

  const flush = () => {
    cancelPause();
    if (said === undefined) return;
    const { voice, text, at } = said;
    said = undefined;
    if (text === '') return;
    for (const piece of piecesOf(text.toWellFormed(), lineBytes)) context.report(spoken(voice, piece), at);
  };
  const hear = (voice: Voice, chunk: Readonly<Record<string, unknown>>) => {
    const text = contentText(chunk.content);
    const message = chunk.messageId ?? null;
    if (said !== undefined && (said.voice !== voice || said.message !== message)) flush();
    said ??= { voice, message, text: '', at: context.clock.now(), bytes: 0 };
    said.text += text;
    said.bytes += Buffer.byteLength(text);
    cancelPause();
    if (said.bytes >= lineBytes) flush();
    else cancelPause = context.clock.schedule(pauseMs, flush);
  };

  return {
    flush() {
      flush();
      tools.flush();
    },
    toolCall: (id) => tools.describe(id),
    take(update) {
      const kind = isRecord(update) ? update.sessionUpdate : undefined;
      if (!isRecord(update) || !isText(kind)) return context.report(unknownUpdate(update));
      if (kind === 'agent_thought_chunk') return hear('thought', update);
      if (kind === 'agent_message_chunk') return hear('assistant', update);
      if (kind === 'user_message_chunk') return hear('user', update);
      flush();
      if (kind === 'tool_call' || kind === 'tool_call_update') return tools.take(update);
      if (kind === 'plan') return context.report(plan(update));
      const spent = kind === 'usage_update' ? usage.update(update) : undefined;
      if (spent !== undefined) return spent === null ? undefined : context.report(spent);
      context.report(unknownUpdate(update));
    },
  };
};

const spoken = (voice: Voice, text: string): EventBody =>
  voice === 'thought' ? { type: 'thought', thought: text } : { type: 'message', role: voice, content: text };

const planLimit = 100;
const planEntryBytes = 2 * 1024;
const priorities = ['high', 'medium', 'low'] as const;
const progress = ['pending', 'in_progress', 'completed'] as const;

const plan = (update: Readonly<Record<string, unknown>>): EventBody => {
  const entries = Array.isArray(update.entries) ? update.entries.filter(isRecord) : [];
  return {
    type: 'plan',
    entries: entries.slice(0, planLimit).map(({ content, priority, status }) => ({
      content: cutMiddle(isText(content) ? content.toWellFormed() : '', planEntryBytes).text,
      priority: priorities.find((known) => known === priority) ?? 'medium',
      status: progress.find((known) => known === status) ?? 'pending',
    })),
  };
};

/** Not lost, but not ours to interpret: commands, modes, and whatever newer agents send. */
const unknownUpdate = (update: unknown): EventBody => {
  const text = JSON.stringify(update) ?? 'nothing';
  return { type: 'log', level: 'debug', message: cutMiddle(`Update of the agent: ${text}`, lineBytes).text };
};
