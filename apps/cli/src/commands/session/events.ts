import { EventType, Level } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { findSession } from '../../find-session.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { followSession } from '../../follow.ts';
import { eventLine } from '../../render/event.ts';

const Flags = z.object({
  follow: z.boolean().optional(),
  after: z.string().optional(),
  type: z.array(EventType).optional(),
  level: Level.optional(),
});

export const events = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCommon(withServer(command))
      .description('Shows what a session did: every event so far, or live to its end with --follow.')
      .argument('<session>', 'its id, the beginning of it, its branch, or "latest"')
      .option(
        '-f, --follow',
        'go on until the session ends, over lost connections and restarts of the server',
      )
      .option('--after <id>', 'with --follow: go on after the event with this id')
      .option(
        '--type <type…>',
        'only these, separated by commas: status, log, thought, tool_use …',
        (value) => value.split(','),
      )
      .option('--level <level>', 'this level and graver ones: debug, info, warn, error')
      .addHelpText(
        'after',
        `
With --json every event is one line; with --follow it carries the id to resume after it.

Examples:
  $ ah session events latest --follow
  $ ah session events 01JD --type status,delivery
  $ ah session events latest -f --json | jq -r 'select(.type == "file_edit").file_path'`,
      ),
  run: async (context, [name = ''], flags) => {
    const client = await context.client();
    const sessionId = await findSession(client, name);
    if (flags.follow === true || flags.after !== undefined) {
      await followSession(context, client, sessionId, {
        after: flags.after,
        types: flags.type,
        level: flags.level,
      });
      return;
    }
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const query = { type: flags.type, level: flags.level, sort: 'asc', perPage: 200, cursor } as const;
      const page = await client.events.history(sessionId, query);
      for (const event of page.items) {
        await context.show(event, () => [eventLine(event, context.columns)]);
      }
      cursor = page.nextCursor;
    }
  },
});
