import { ChatMessage, type EventType, SessionEvent } from '@agent-harbor/api-contract/schemas';
import { cutText } from '../event/cut-text.ts';
import { parse } from '../parse.ts';
import { Problem } from '../problem.ts';
import type { SessionRecord } from '../session/record.ts';
import type { StoredEvent } from '../store/store.ts';
import type { MessageNote } from './row.ts';

/** The events that are messages; thoughts are, too, for who asks for them. */
export const spoken = ['message', 'user_input', 'tool_use', 'tool_result'] as const satisfies EventType[];
export const spokenAndThought = [...spoken, 'thought'] as const satisfies EventType[];

/** How much of a tool's output a message shows, bytes; its event has more. */
const outputBytes = 4 * 1024;

/** A message is named for its event. The prompt of the task is before all events. */
export const messageId = (seq: number): string => `msg-${seq}`;
/** The event a message is named for; undefined when it is no such name. */
export const seqOf = (id: string): number | undefined => {
  const digits = /^msg-(0|[1-9]\d{0,14})$/.exec(id)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

export const noMessage = (id: string): Problem =>
  new Problem('message-not-found', { detail: `There is no message ${id}.` });

/** What the task asked for, as the first message. */
export const launchMessage = ({ prompt, createdAt }: SessionRecord): ChatMessage => ({
  id: messageId(0),
  role: 'user',
  content: prompt,
  timestamp: createdAt,
  attachments: [],
});

/** The message an event is; undefined when it is none. */
export const messageOf = ({ json }: StoredEvent): ChatMessage | undefined => {
  const event = parse(SessionEvent, JSON.parse(json), 'event');
  const message = { id: messageId(event.seq), timestamp: event.ts, attachments: [] };
  switch (event.type) {
    case 'user_input':
      return { ...message, role: 'user', content: event.content, author: event.author };
    case 'message':
      return { ...message, role: event.role, content: event.content };
    case 'thought':
      return { ...message, role: 'assistant', content: '', thought: event.thought };
    case 'tool_use': {
      const { tool_execution_id: id, tool_name: name, tool_args } = event;
      const call = { id, type: 'function' as const, function: { name, arguments: tool_args } };
      return { ...message, role: 'assistant', content: '', tool_calls: [call] };
    }
    case 'tool_result': {
      const content = cutText(event.tool_output, outputBytes);
      const isCut = event.truncated === true || content !== event.tool_output;
      return {
        ...message,
        role: 'tool',
        content,
        tool_call_id: event.tool_execution_id,
        tool_name: event.tool_name,
        status: event.status,
        ...(isCut ? { truncated: true } : {}),
      };
    }
    default:
      return undefined;
  }
};

/** The message with what no event tells of it. */
export const withNote = (message: ChatMessage, note: MessageNote | undefined): ChatMessage => {
  if (note === undefined) return message;
  const { id, role, timestamp, author } = message;
  // Of one that was deleted nothing is told but that it was.
  const known = note.deleted_at === undefined ? message : { id, role, timestamp, author };
  return parse(ChatMessage, { ...known, ...note });
};
