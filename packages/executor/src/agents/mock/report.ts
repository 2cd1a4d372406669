import { join } from 'node:path';
import type * as acp from '@agentclientprotocol/sdk';

/** What the agent tells its client, in the words of the protocol. */
export interface Report {
  /** What an earlier process of the agent told. */
  remember(update: acp.SessionUpdate): void;
  /** What the user said, in a conversation that is told again. */
  hear(text: string): Promise<void>;
  modeIs(modeId: string): Promise<void>;
  say(text: string): Promise<void>;
  think(text: string): Promise<void>;
  plan(entries: readonly acp.PlanEntry[]): Promise<void>;
  toolStarts(call: ToolCall): Promise<void>;
  toolProgresses(id: string, text: string): Promise<void>;
  /** The client shows what a terminal of its own prints. */
  toolRuns(id: string, terminalId: string): Promise<void>;
  toolEnds(id: string, result: ToolResult): Promise<void>;
}

interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly kind: acp.ToolKind;
  readonly args: Readonly<Record<string, unknown>>;
  /** The file it is about, below the working directory. */
  readonly path?: string;
}

export interface ToolResult {
  readonly output: string;
  readonly failed: boolean;
  readonly exit?: { readonly code: number | null; readonly signal: string | null };
  /** The file it changed, when both sides are text; `oldText` is null for a new file. */
  readonly diff?: { readonly path: string; readonly oldText: string | null; readonly newText: string };
}

export const createReport = (
  sessionId: string,
  cwd: string,
  send: (notification: acp.SessionNotification) => Promise<void>,
): Report => {
  let messages = 0;
  const update = (update: acp.SessionUpdate) => send({ sessionId, update });
  /** Every text is a message of its own, so that a client that joins chunks does not join two of them. */
  const speak = (sessionUpdate: 'agent_message_chunk' | 'agent_thought_chunk', text: string) => {
    messages += 1;
    return update({ sessionUpdate, messageId: `message-${messages}`, content: { type: 'text', text } });
  };
  return {
    remember(told) {
      if ('messageId' in told) messages += 1;
    },
    hear: (text) => update({ sessionUpdate: 'user_message_chunk', content: { type: 'text', text } }),
    modeIs: (currentModeId) => update({ sessionUpdate: 'current_mode_update', currentModeId }),
    say: (text) => speak('agent_message_chunk', text),
    think: (text) => speak('agent_thought_chunk', text),
    plan: (entries) => update({ sessionUpdate: 'plan', entries: [...entries] }),
    toolStarts: ({ id, name, title, kind, args, path }) =>
      update({
        sessionUpdate: 'tool_call',
        toolCallId: id,
        name,
        title,
        kind,
        status: 'in_progress',
        rawInput: args,
        ...(path === undefined ? {} : { locations: [{ path: join(cwd, path) }] }),
      }),
    toolProgresses: (id, text) =>
      update({
        sessionUpdate: 'tool_call_update',
        toolCallId: id,
        status: 'in_progress',
        content: [textContent(text)],
      }),
    toolRuns: (id, terminalId) =>
      update({
        sessionUpdate: 'tool_call_update',
        toolCallId: id,
        status: 'in_progress',
        content: [{ type: 'terminal', terminalId }],
      }),
    toolEnds: (id, { output, failed, exit, diff }) =>
      update({
        sessionUpdate: 'tool_call_update',
        toolCallId: id,
        status: failed ? 'failed' : 'completed',
        content:
          diff === undefined
            ? [textContent(output)]
            : [{ type: 'diff', ...diff, path: join(cwd, diff.path) }],
        rawOutput: { output, ...exit },
      }),
  };
};

const textContent = (text: string): acp.ToolCallContent => ({
  type: 'content',
  content: { type: 'text', text },
});
