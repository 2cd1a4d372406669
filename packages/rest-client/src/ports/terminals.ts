import type { Terminals } from '@agent-harbor/core';
import type { Api } from '../routes/api.ts';
import type { StreamOpener } from '../stream/event-stream.ts';
import { silent } from './tasks.ts';

export const createTerminals = ({ terminal }: Api, open: StreamOpener): Terminals => ({
  watchTerminal: (sessionId, options) =>
    // What the stream of this route carries, whoever reads the answers.
    open('terminal.pty', [sessionId, options], (frame, id) => ({ id, frame: frame as never })),
  typeTerminal: silent((sessionId, input, options) =>
    terminal.input(
      sessionId,
      typeof input === 'string' ? { text: input } : { data: btoa(String.fromCharCode(...input)) },
      options,
    ),
  ),
  resizeTerminal: silent(terminal.resize),
});
