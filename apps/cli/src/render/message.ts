import type { ChatMessage } from '@agent-harbor/api-contract/schemas';
import { oneLine, reveal, safeJson } from '../terminal/clean.ts';
import { fit, type Look, paint, type Text } from '../terminal/text.ts';

/** A message for people: who says it and when, then its words; a use of a tool in one line. */
export const messageLines = (message: ChatMessage, columns: number | undefined): readonly Text[] => {
  const { id, timestamp, content, attachments, thought } = message;
  const time = oneLine(timestamp).slice(11, 19);
  const [who, look] = voiceOf(message);
  const head = (text: string): Text => [
    paint('dim', `${time}  ${oneLine(id).padEnd(8)}  `),
    paint(look, who.padEnd(6)),
    `  ${columns === undefined ? text : fit(text, Math.max(20, columns - 28))}`,
  ];
  const call = message.tool_calls?.[0];
  if (call !== undefined)
    return [head(oneLine(`${call.function.name} ${safeJson(call.function.arguments)}`))];
  if (message.role === 'tool')
    return [head(oneLine(`${message.tool_name ?? ''}: ${content.trimEnd().split('\n').at(-1) ?? ''}`))];
  if (message.deleted_at !== undefined) return [head('(deleted; the agent remembers it)')];
  const [first = '', ...rest] = (thought ?? content).split(/\r\n|\r|\n/);
  return [
    head(oneLine(first)),
    ...rest.map((line): Text => [' '.repeat(28), oneLine(line)]),
    ...attachments.map(
      ({ file_path, filename, mime_type, size_bytes }): Text => [
        ' '.repeat(28),
        paint('dim', `+ ${reveal(file_path ?? filename ?? mime_type)} (${size_bytes} bytes)`),
      ],
    ),
  ];
};

const voiceOf = ({ role, status, tool_calls, thought }: ChatMessage): readonly [string, Look] => {
  if (role === 'user') return ['user', 'bold'];
  if (role === 'tool') return status === 'failed' ? ['failed', 'red'] : ['result', 'green'];
  if (tool_calls !== undefined) return ['tool', 'cyan'];
  return thought === undefined ? ['agent', 'blue'] : ['thinks', 'magenta'];
};
