import type { Session } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { defineCommand, show, withCommon, withServer } from '../../command.ts';
import { findSession } from '../../find-session.ts';
import { eventLine } from '../../render/event.ts';
import { statusLook } from '../../render/status.ts';
import { oneLine, sanitise } from '../../terminal/sanitise.ts';
import type { Style } from '../../terminal/style.ts';

export const get = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Shows one session.')
      .argument('<session>', 'its id, the beginning of it, or "latest"')
      .addHelpText(
        'after',
        `
Examples:
  $ ah session get latest
  $ ah session get 01JD --json | jq .delivered`,
      ),
  run: async (context, [name = '']) => {
    const client = await context.client();
    const session = await client.tasks.getSession(await findSession(client, name), { archived: true });
    show(context, session, () => describe(session, context.style));
  },
});

const describe = (session: Session, style: Style): string => {
  const { agent, changes, delivered, delivery, repo } = session;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['session', session.id],
    ['task', session.taskId],
    ['agent', [agent.displayName, `${agent.type}@${agent.version}`, agent.model].filter(Boolean).join(', ')],
    [
      'repository',
      repo.url === undefined
        ? 'none'
        : [repo.url, repo.branch, repo.commit?.slice(0, 10)].filter(Boolean).join(' '),
    ],
    ['workspace', session.workspace.mountPath ?? session.workspace.state],
    ['changes', `${changes.files_changed} files (+${changes.lines_added} -${changes.lines_removed})`],
    [
      'delivery',
      delivered === undefined ? (delivery.targetBranch ?? delivery.mode) : deliveredText(delivered),
    ],
    [
      'labels',
      Object.entries(session.labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(' ') || undefined,
    ],
    ['created', session.createdAt],
    ['started', session.startedAt],
    ['ended', session.endedAt],
    ['archived', session.archivedAt],
    ['exit code', session.exitCode?.toString()],
  ];
  const look = statusLook(session.status) ?? 'bold';
  const reason = session.statusReason === undefined ? '' : ` ${oneLine(session.statusReason)}`;
  return [
    `${style('dim', 'status'.padEnd(12))}${style(look, session.status)}${reason}`,
    ...facts.flatMap(([name, value]) =>
      value === undefined ? [] : [`${style('dim', name.padEnd(12))}${oneLine(value)}`],
    ),
    '',
    ...sanitise(session.prompt).split('\n'),
    ...(session.recent_events.length === 0 ? [] : ['']),
    ...session.recent_events.map((event) => eventLine(event, style, undefined)),
  ].join('\n');
};

const deliveredText = ({ state, branch, commit, reason }: NonNullable<Session['delivered']>): string =>
  [state, branch, commit?.slice(0, 10), reason].filter((part) => part !== undefined).join(' ');
