import type { NewEvent } from '@agent-harbor/core';

/** Everything that was said and printed, as a terminal would show it. */
export const transcriptOf = (events: readonly NewEvent[]): string =>
  events
    .flatMap(({ body }) => {
      switch (body.type) {
        case 'message':
        case 'user_input':
          return [body.content];
        case 'thought':
          return [body.thought];
        case 'log':
          return [body.message];
        case 'tool_result':
          return [body.tool_output];
        default:
          return [];
      }
    })
    .join('\n');
