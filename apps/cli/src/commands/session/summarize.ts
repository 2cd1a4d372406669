import type { Suggestion } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { findSession } from '../../find-session.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { oneLine } from '../../terminal/clean.ts';
import { paint, type Text } from '../../terminal/text.ts';

export const summarize = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(withServer(command))
      .description(
        'Says what a session did, and what could be said to its agent next: by rules, no model is asked.',
      )
      .argument('<session>', 'its id, the beginning of it, its branch, or "latest"')
      .addHelpText(
        'after',
        `
Examples:
  $ ah session summarize latest
  $ ah session summarize 01JD --json`,
      ),
  run: async (context, [name = '']) => {
    const { conversations, ...client } = await context.client();
    const sessionId = await findSession({ ...client, conversations }, name);
    context.doing('Reading what happened');
    const [summary, suggestions] = await Promise.all([
      conversations.summarize(sessionId),
      conversations.suggestions(sessionId),
    ]);
    await context.show({ ...summary, suggestions: suggestions.context_suggestions }, () => [
      ...summary.summary.split('\n').map(oneLine),
      ...suggestions.context_suggestions.map(suggestionLine),
    ]);
  },
});

const suggestionLine = ({ title, description, relevance }: Suggestion): Text => [
  paint(relevance === 'high' ? 'yellow' : 'dim', `→ ${oneLine(title)}`),
  `  ${oneLine(description)}`,
];
