import type { Session } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { findSession } from '../../find-session.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { deliveryText, eventLine } from '../../render/event.ts';
import { statusLook } from '../../render/status.ts';
import { clean } from '../../terminal/clean.ts';
import { paint, type Text } from '../../terminal/text.ts';

export const get = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Shows one session.')
      .argument('<session>', 'its id, the beginning of it, its branch, or "latest"')
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
    await context.show(session, () => describe(session, context.columns));
  },
});

const describe = (session: Session, columns: number | undefined): readonly Text[] => {
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
      delivered === undefined ? (delivery.targetBranch ?? delivery.mode) : deliveryText(delivered),
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
  const reason = session.statusReason === undefined ? '' : ` ${session.statusReason}`;
  return [
    [paint('dim', 'status'.padEnd(12)), paint(statusLook(session.status) ?? 'bold', session.status), reason],
    ...facts.flatMap(([name, value]) =>
      value === undefined ? [] : [[paint('dim', name.padEnd(12)), value]],
    ),
    '',
    // Indented, so that a prompt cannot pass for what is said about it.
    ...clean(session.prompt)
      .split('\n')
      .map((line) => `  ${line}`),
    ...(session.recent_events.length === 0 ? [] : ['']),
    ...session.recent_events.map((event) => eventLine(event, columns)),
  ];
};
