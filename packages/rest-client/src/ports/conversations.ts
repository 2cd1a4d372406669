import type { Conversations } from '@agent-harbor/core';
import type { Api } from '../routes/api.ts';
import type { StreamOpener } from '../stream/event-stream.ts';

export const createConversations = ({ chat }: Api, open: StreamOpener): Conversations => ({
  ...chat,
  streamMessage: (...input) =>
    // What the stream of this route carries, whoever reads the answers.
    open('chat.stream', input, (frame, id) => ({ id, frame: frame as never })),
});
