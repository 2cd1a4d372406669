import { Level, LogEvent, LogLine } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { usageFailure } from '../../failure.ts';
import { findSession } from '../../find-session.ts';
import { defineCommand, wholeNumber, withCommon, withServer } from '../../flags.ts';
import { CursorFlag, restLine, withCursor } from '../../list-pages.ts';
import { clean } from '../../terminal/clean.ts';
import { paint, type Text } from '../../terminal/text.ts';

const Flags = z.object({
  tail: wholeNumber(1, 10_000).optional(),
  cursor: CursorFlag,
  level: Level.optional(),
  toolExecution: z.string().min(1).max(255).optional(),
  follow: z.boolean().optional(),
});

export const logs = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCursor(withCommon(withServer(command)))
      .description('Shows the log lines of a session, oldest first.')
      .argument('<session>', 'its id, the beginning of it, its branch, or "latest"')
      .option('--tail <number>', 'the last so many (1000)')
      .option('--level <level>', 'this level and graver ones: debug, info, warn, error')
      .option('--tool-execution <id>', 'only those of this run of a tool; events tell its id')
      .option('-f, --follow', 'every line from the first on, and live until the session ends')
      .addHelpText(
        'after',
        `
Examples:
  $ ah session logs latest --tail 20
  $ ah session logs 01JD -f --level warn
  $ ah session logs latest --tool-execution call-1`,
      ),
  run: async (context, [name = ''], flags) => {
    if (flags.follow === true && flags.cursor !== undefined)
      throw usageFailure('--cursor shows older lines: leave --follow out.');
    const client = await context.client();
    const sessionId = await findSession(client, name);
    const { level, tail, cursor, toolExecution: toolExecutionId } = flags;
    if (flags.follow === true) {
      const { interrupted: signal } = context.io;
      const wish = { types: ['log'], level, toolExecutionId, signal } as const;
      for await (const { event } of client.tasks.subscribe(sessionId, wish)) {
        const log = LogEvent.safeParse(event).data;
        if (log !== undefined)
          await showLine(context, { ...log, tool_execution_id: log.tool_execution_id ?? null });
      }
      return;
    }
    const query = { tail, level, cursor, tool_execution_id: toolExecutionId };
    const page = await client.events.logs(sessionId, query);
    if (context.json) await context.printJson(page);
    else {
      for (const line of page.logs) await showLine(context, line);
      // Whoever asked for the last few knows that there are more; what reads the lines gets no other.
      const isWalked = tail === undefined || cursor !== undefined;
      if (page.nextCursor !== null && isWalked) await context.note(restLine(page.nextCursor));
    }
  },
});

const showLine = (context: Context, line: LogLine): Promise<void> =>
  context.show(LogLine.parse(line), () => linesOf(line));

/** A message of several lines stays behind its time, so that none of them passes for another message. */
const linesOf = ({ level, message, ts }: LogLine): readonly Text[] => {
  const look = level === 'error' ? 'red' : level === 'warn' ? 'yellow' : undefined;
  const [first = '', ...rest] = clean(message).trimEnd().split('\n');
  const margin = ' '.repeat(ts.length);
  return [
    [paint('dim', ts), '  ', paint(look, first)],
    ...rest.map((line): Text => [margin, '  ', paint(look, line)]),
  ];
};
