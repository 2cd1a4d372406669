import type { ChangedFile, SessionEvent, UnknownEvent } from '@agent-harbor/api-contract/schemas';
import { Problem } from '@agent-harbor/core/problem';
import type { HarborClient } from '@agent-harbor/rest-client';
import { type RecordedFile, recordScenario, writeScenario } from '@agent-harbor/scenario';
import type { Context } from '../context.ts';
import { findSession } from '../find-session.ts';

/** Larger files are left out: a scenario is to be read. */
const largestFile = 1024 * 1024;

/** Prints a session as a scenario, and what of it does not come back on standard error. */
export const recordSession = async (
  context: Context,
  named: string,
  name: string | undefined,
): Promise<void> => {
  const client = await context.client();
  const id = await findSession(client, named);
  context.doing('Reading what happened');
  const session = await client.tasks.getSession(id, { archived: true });
  const events = await eventsOf(client, id);
  const { files, left } = await filesOf(client, id);
  const { status, statusReason, exitCode, prompt, repo } = session;
  const facts = { id, prompt, status, statusReason, exitCode, branch: repo.branch };
  const { scenario, remarks } = recordScenario(facts, events, { name, files });
  if (context.json) await context.printJson(scenario);
  else await context.io.stdout.write(writeScenario(scenario));
  const notes = [...remarks, ...left].map((remark) => `Not brought back: ${remark}`);
  if (notes.length > 0) await context.note(...notes);
};

const eventsOf = async ({ events }: HarborClient, id: string): Promise<(SessionEvent | UnknownEvent)[]> => {
  const found: (SessionEvent | UnknownEvent)[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await events.history(id, { sort: 'asc', perPage: 200, cursor });
    found.push(...page.items);
    cursor = page.nextCursor;
  }
  return found;
};

/** The changed files as they are now, and what is said of those that are left out. */
const filesOf = async (
  { workspaces }: HarborClient,
  id: string,
): Promise<{ files: RecordedFile[]; left: string[] }> => {
  const files: RecordedFile[] = [];
  const left: string[] = [];
  try {
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await workspaces.changedFiles(id, { perPage: 200, cursor });
      for (const file of page.items) {
        if (file.size_bytes > largestFile) left.push(`${file.path}, which has ${file.size_bytes} bytes`);
        else files.push(...(await contentsOf(workspaces, id, file)));
      }
      cursor = page.nextCursor;
    }
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'workspace-gone') throw error;
    left.push('files whose diffs were cut or binary: the workspace is gone');
  }
  return { files, left };
};

const contentsOf = async (
  workspaces: HarborClient['workspaces'],
  id: string,
  { path, old_path, status }: ChangedFile,
): Promise<readonly RecordedFile[]> => {
  const before = old_path === undefined ? [] : [{ path: old_path, contents: null }];
  if (status === 'deleted') return [...before, { path, contents: null }];
  const { content, encoding } = await workspaces.fileContent(id, path);
  return [...before, { path, contents: encoding === 'base64' ? { base64: content } : content }];
};
