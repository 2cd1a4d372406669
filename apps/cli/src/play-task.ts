import type { CreateTask, Session } from '@agent-harbor/api-contract/schemas';
import type { HarborClient } from '@agent-harbor/rest-client';
import type { Context } from './command.ts';
import { type ExitCode, exitCodes } from './failure.ts';
import { followSession } from './follow.ts';
import { renderDiffs } from './render/diff.ts';
import { statusLook } from './render/status.ts';
import { oneLine } from './terminal/sanitise.ts';

/** How a task went that was watched to its end. */
export interface Played {
  readonly sessions: readonly Session[];
  readonly exitCode: ExitCode;
}

/** Launches a task, shows what happens, and what came of it. */
export const playTask = async (
  context: Context,
  client: HarborClient,
  request: CreateTask,
): Promise<Played> => {
  const { style, json } = context;
  const launched = await client.tasks.launch(request, { signal: context.io.interrupted });
  if (json) context.printJson(launched);
  else context.print(`${style('green', '●')} task ${launched.task_id}: ${oneLine(firstLine(request))}\n`);

  const ids = launched.session_ids;
  await Promise.all(
    ids.map((id, index) =>
      followSession(context, client, id, { prefix: ids.length === 1 || json ? '' : `[${index + 1}] ` }),
    ),
  );
  if (context.io.interrupted.aborted) return { sessions: [], exitCode: exitCodes.interrupted };

  const sessions: Session[] = [];
  for (const id of ids) {
    const session = await client.tasks.getSession(id, { archived: true });
    sessions.push(session);
    if (json) context.printJson({ session });
    else await showResult(context, client, session);
  }
  const completed = sessions.every(({ status }) => status === 'completed');
  return { sessions, exitCode: completed ? exitCodes.ok : exitCodes.general };
};

const showResult = async (context: Context, client: HarborClient, session: Session): Promise<void> => {
  const { style } = context;
  if (session.changes.files_changed > 0 && session.workspace.state === 'ready') {
    const { files } = await client.workspaces.diff(session.id);
    context.print(`\n${renderDiffs(files, style)}`);
  }
  const reason = session.statusReason === undefined ? '' : `: ${oneLine(session.statusReason)}`;
  const look = statusLook(session.status) ?? 'bold';
  context.print(`\n${style(look, `${session.status}${reason}`)}  session ${session.id}`);
  const { delivered } = session;
  if (delivered?.state === 'delivered') {
    context.print(
      `delivered to branch ${style('bold', oneLine(delivered.branch ?? ''))} of ${oneLine(session.repo.url ?? '')}`,
    );
  } else if (delivered !== undefined) {
    context.print(
      `${delivered.state}${delivered.reason === undefined ? '' : `: ${oneLine(delivered.reason)}`}`,
    );
  }
};

const firstLine = ({ prompt }: CreateTask): string =>
  typeof prompt === 'string' ? (prompt.split('\n')[0] ?? '') : `${prompt.length} blocks`;
