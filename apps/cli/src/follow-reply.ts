import type { ChatMessage, SendMessage } from '@agent-harbor/api-contract/schemas';
import type { ReplyItem } from '@agent-harbor/core';
import type { HarborClient } from '@agent-harbor/rest-client';
import type { Context } from './context.ts';
import { messageLines } from './render/message.ts';
import { paint, type Text } from './terminal/text.ts';

/** Says something to an agent and shows what it answers, until it waits, its session ends or the person leaves. */
export const followReply = async (
  context: Context,
  { conversations }: HarborClient,
  sessionId: string,
  message: SendMessage,
): Promise<void> => {
  const { io, json } = context;
  for await (const { id, frame } of conversations.streamMessage(sessionId, message, {
    signal: io.interrupted,
  })) {
    if (json) await context.printJson({ id, ...frame });
    else await context.printAll(linesOf(frame, message.content, context.columns));
  }
};

const linesOf = (
  frame: ReplyItem['frame'],
  content: string,
  columns: number | undefined,
): readonly Text[] => {
  switch (frame.type) {
    case 'message_start':
      return [
        ...messageLines(
          { ...blank, role: 'user', content, id: frame.id, timestamp: frame.timestamp },
          columns,
        ),
        ...(frame.busy ? [paint('dim', 'It is at work; what it says first may be about that.')] : []),
      ];
    case 'content_delta': {
      const { delta, message_id, timestamp } = frame;
      return messageLines({ ...blank, content: delta, id: message_id, timestamp }, columns);
    }
    case 'tool_call': {
      const { tool_name: name, tool_args, tool_execution_id, timestamp } = frame;
      const call = {
        id: tool_execution_id,
        type: 'function',
        function: { name, arguments: tool_args },
      } as const;
      return messageLines({ ...blank, tool_calls: [call], timestamp }, columns);
    }
    case 'message_complete':
      return [paint('dim', frame.reason === 'idle' ? 'It waits.' : `The session is ${frame.status}.`)];
    case 'resync':
      return [paint('dim', 'What was said before is gone.')];
  }
};

const blank: ChatMessage = { id: '', role: 'assistant', content: '', timestamp: '', attachments: [] };
