import type { ScenarioSource } from '../format/scenario.ts';
import { asked, says, thinks, waits, writes } from './phrases.ts';

export const failing: ScenarioSource = {
  name: 'failing',
  description: 'An agent that gives up: it says why and exits with code 3.',
  tags: ['failure'],
  timeline: [
    asked('Do something that cannot work'),
    thinks(100, 'I try the service first.'),
    {
      llmResponse: [
        {
          error: {
            errorType: 'rate_limit_exceeded',
            statusCode: 429,
            message: 'Too many requests. Try again later.',
            retryAfterSeconds: 60,
          },
        },
      ],
    },
    says(100, 'The service refuses to answer. I cannot go on without it.'),
    writes('notes/half-done.md', 'This file was begun before the agent failed.\n'),
    waits(100),
    { error: { message: 'fatal: the service refused to answer', exitCode: 3 } },
  ],
};
