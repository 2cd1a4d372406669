import { z } from 'zod';
import { findSession } from '../../find-session.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { age } from '../../render/age.ts';
import { sizeText } from '../../render/size.ts';
import { facts } from '../../terminal/facts.ts';

export const workspaceShow = defineCommand({
  flags: z.object({ refresh: z.boolean().optional() }),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Shows one workspace: where it is, what it takes of the disk, and what was done in it.')
      .argument('<workspace>', 'its id, or what names its session: an id, a branch, latest')
      .option('--refresh', 'measure it now, although that was done less than a minute ago')
      .addHelpText(
        'after',
        '\nExamples:\n  $ ah remote workspace show latest\n  $ ah remote workspace show ws-01HV…',
      ),
  run: async (context, [name = ''], { refresh }) => {
    const client = await context.client();
    const { catalogue, tasks } = client;
    const id = /^ws-/i.test(name)
      ? name.replace(/^ws-/i, 'ws-')
      : (await tasks.getSession(await findSession(client, name))).workspace.id;
    const workspace = await catalogue.workspace(id);
    context.doing('Measuring the workspace');
    const storageUsed = await catalogue.workspaceUsage(id, {
      refresh: refresh === true ? 'true' : undefined,
    });
    await context.show({ ...workspace, storageUsed }, () => {
      const now = Date.now();
      const [repository] = workspace.repositories;
      const at = repository?.commit == null ? '' : ` at ${repository.commit.slice(0, 10)}`;
      const more = storageUsed.isComplete ? '' : 'more than ';
      return facts([
        ['workspace', workspace.id],
        ['state', workspace.status],
        ['executor', workspace.executorId ?? undefined],
        ['path', workspace.mountPath ?? undefined],
        ['repository', repository === undefined ? 'none' : `${repository.url}${at}`],
        ['project', workspace.projectId],
        ['made', `${age(workspace.createdAt, now)} ago`],
        ['last activity', `${age(workspace.lastActivity, now)} ago`],
        [
          'disk',
          `${more}${sizeText(storageUsed.bytes)} in ${storageUsed.files} files, measured ${age(storageUsed.measuredAt, now)} ago`,
        ],
        ...workspace.taskHistory.map(
          ({ sessionId, agent, status, prompt }) =>
            ['session', `${sessionId} ${agent} ${status}: ${prompt}`] as const,
        ),
      ]);
    });
  },
});
