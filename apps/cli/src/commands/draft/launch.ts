import { CreateTask, type Draft } from '@agent-harbor/api-contract/schemas';
import { parse } from '@agent-harbor/core';
import { z } from 'zod';
import { Failure } from '../../failure.ts';
import { findDraft } from '../../find-draft.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { toTheEnd } from '../../follow.ts';
import { paint } from '../../terminal/text.ts';
import { follow } from '../task.ts';

export const launch = defineCommand({
  flags: z.object({ follow: z.boolean().optional(), keep: z.boolean().optional() }),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Launches a draft as a task, and deletes it.')
      .argument('<draft>', 'its id, the beginning of it, or latest')
      .option('-f, --follow', 'show what happens until every session has ended; Ctrl-C only stops watching')
      .option('--keep', 'keep the draft')
      .addHelpText(
        'after',
        `
To launch the same state of a draft again within a day, as after a lost connection, launches nothing more.

Examples:
  $ ah draft launch latest --follow`,
      ),
  run: async (context, [name = ''], { follow: watch, keep }) => {
    const client = await context.client();
    const draft = await findDraft(client, name);
    const request = requestFrom(draft);
    const idempotencyKey = `draft:${draft.id}:${draft.updatedAt}`;
    context.doing('Launching the task');
    const launched = await client.tasks.launch(request, { idempotencyKey });
    if (keep !== true) await client.tasks.deleteDraft(draft.id);
    await context.show(launched, () =>
      launched.session_ids.map((id) => [paint('bold', id), ` ${launched.status}`]),
    );
    if (watch !== true) return;
    return toTheEnd(follow(context, client, launched.session_ids));
  },
});

/** The task a draft means; what is missing is named with the way to add it. */
const requestFrom = ({ id, createdAt: _, updatedAt: __, ...members }: Draft): CreateTask => {
  const missing = [
    ...(members.prompt.trim() === '' ? ['--prompt "…"'] : []),
    ...(members.repo === undefined ? ['--repo <path or url>, or --repo none'] : []),
    ...(members.agents.length === 0 ? ['--agent <type>'] : []),
  ];
  if (missing.length > 0) {
    throw new Failure('validation', {
      happened: 'The draft is not complete',
      remedy: `Add what is missing: ah draft edit ${id} ${missing.join(' ')}`,
    });
  }
  return parse<CreateTask>(CreateTask, members);
};
