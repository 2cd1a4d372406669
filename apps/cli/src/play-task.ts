import type { CreateTask, Session } from '@agent-harbor/api-contract/schemas';
import type { HarborClient } from '@agent-harbor/rest-client';
import type { Context } from './context.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { followAll } from './follow.ts';
import { OutputClosed } from './io.ts';
import { renderDiff } from './render/diff.ts';
import { statusLook } from './render/status.ts';
import { oneLine } from './terminal/clean.ts';
import { fit, paint, type Text } from './terminal/text.ts';

/** How a task went that was watched. */
export interface Played {
  readonly sessions: readonly Session[];
  readonly exitCode: ExitCode;
  /** The sessions that nobody watched to their end, because the person or the reader of the output went away. */
  readonly unwatched: readonly string[];
}

/** Launches a task, shows what happens, and what came of it. */
export const playTask = async (
  context: Context,
  client: HarborClient,
  request: CreateTask,
): Promise<Played> => {
  const { interrupted } = context.io;
  const launched = await client.tasks.launch(request, { signal: interrupted });
  const ids = launched.session_ids;
  const left: Played = { sessions: [], exitCode: exitCodes.interrupted, unwatched: ids };
  try {
    if (context.json) await context.printJson(launched);
    else {
      const head = `task ${launched.task_id}: `;
      const prompt = oneLine(firstLine(request));
      const room = context.columns && context.columns - head.length - 2;
      await context.print([paint('green', '● '), head, room ? fit(prompt, Math.max(20, room)) : prompt], '');
    }
    await followAll(context, client, ids);
    if (interrupted.aborted) return left;
    const sessions: Session[] = [];
    for (const id of ids) {
      const session = await client.tasks.getSession(id, { archived: true });
      sessions.push(session);
      if (context.json) await context.printJson({ session });
      else await context.printAll(await resultOf(client, session));
    }
    const completed = sessions.every(({ status }) => status === 'completed');
    return { sessions, exitCode: completed ? exitCodes.ok : exitCodes.general, unwatched: [] };
  } catch (error) {
    if (error instanceof OutputClosed) return left;
    throw error;
  }
};

const resultOf = async (client: HarborClient, session: Session): Promise<readonly Text[]> => {
  const hasDiff = session.changes.files_changed > 0 && session.workspace.state === 'ready';
  const diff = hasDiff
    ? (await client.workspaces.diff(session.id)).files.flatMap((file) => [...renderDiff(file), ''])
    : [];
  const reason = session.statusReason === undefined ? '' : `: ${session.statusReason}`;
  const look = statusLook(session.status) ?? 'bold';
  const ended = [paint(look, `${session.status}${reason}`), `  session ${session.id}`];
  return ['', ...diff, ended, ...deliveryOf(session)];
};

const deliveryOf = ({ delivered, repo }: Session): readonly Text[] => {
  if (delivered === undefined) return [];
  const { state, branch = '', reason } = delivered;
  if (state === 'delivered')
    return [['delivered to branch ', paint('bold', branch), ` of ${repo.url ?? ''}`]];
  return [`${state}${reason === undefined ? '' : `: ${reason}`}`];
};

const firstLine = ({ prompt }: CreateTask): string =>
  typeof prompt === 'string' ? (prompt.split('\n')[0] ?? '') : `${prompt.length} blocks`;
