import { Level, LogEvent, LogLine } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { type Context, defineCommand, wholeNumber, withCommon, withServer } from '../../command.ts';
import { findSession } from '../../find-session.ts';
import { oneLine, sanitise } from '../../terminal/sanitise.ts';

const Flags = z.object({
  tail: wholeNumber(1, 10_000).default(1000),
  level: Level.optional(),
  follow: z.boolean().optional(),
});

export const logs = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCommon(withServer(command))
      .description('Shows the log lines of a session, oldest first.')
      .argument('<session>', 'its id, the beginning of it, or "latest"')
      .option('--tail <number>', 'the last so many (1000)')
      .option('--level <level>', 'this level and graver ones: debug, info, warn, error')
      .option('-f, --follow', 'every line from the first on, and live until the session ends')
      .addHelpText(
        'after',
        `
Examples:
  $ ah session logs latest --tail 20
  $ ah session logs 01JD -f --level warn`,
      ),
  run: async (context, [name = ''], flags) => {
    const client = await context.client();
    const sessionId = await findSession(client, name);
    const { level } = flags;
    if (flags.follow === true) {
      const { interrupted: signal } = context.io;
      for await (const { event } of client.tasks.subscribe(sessionId, { types: ['log'], level, signal })) {
        const log = LogEvent.safeParse(event).data;
        if (log !== undefined)
          printLine(context, { ...log, tool_execution_id: log.tool_execution_id ?? null });
      }
      return;
    }
    const page = await client.events.logs(sessionId, { tail: flags.tail, level });
    if (context.json) context.printJson(page);
    else for (const line of page.logs) printLine(context, line);
  },
});

const printLine = (context: Context, line: LogLine): void => {
  if (context.json) {
    context.printJson(LogLine.parse(line));
    return;
  }
  const look = line.level === 'error' ? 'red' : line.level === 'warn' ? 'yellow' : undefined;
  const text = sanitise(line.message).trimEnd();
  context.print(
    `${context.style('dim', oneLine(line.ts))}  ${look === undefined ? text : context.style(look, text)}`,
  );
};
