import { ContentQuery, PathQuery, PreviewQuery, WorkspaceQuery } from '@agent-harbor/api-contract/schemas';
import type { Executor } from '../executor/executor.ts';
import { parse } from '../parse.ts';
import { Problem, throwIfAborted } from '../problem.ts';
import type { Scope } from '../scope.ts';
import { sessionLinks } from '../session/present.ts';
import type { SessionRecord } from '../session/record.ts';
import type { Sessions } from '../session/sessions.ts';
import { browse } from './browse.ts';
import { pictureOf } from './picture.ts';
import { leastHead, pictureBytes, previewOf } from './preview.ts';
import { acceptedBy, presentMatches } from './search-content.ts';
import { searchPaths } from './search-paths.ts';
import type { Workspaces } from './workspaces.ts';

interface LookingParts {
  readonly sessions: Sessions;
  readonly executor: Executor;
  /** The session, once it is known to have a workspace. */
  readonly withWorkspace: (sessionId: string, signal: AbortSignal | undefined) => Promise<SessionRecord>;
}

type Looking = Pick<
  Workspaces,
  'filePreview' | 'browse' | 'searchPaths' | 'searchContent' | 'workspaceInfo' | 'sessionInfo'
>;

/** Looking around in a workspace: what an executor reads, told by the rules of the wire. */
export const createLooking = ({ sessions, executor, withWorkspace }: LookingParts, scope: Scope): Looking => {
  const { look } = executor;
  return {
    async filePreview(sessionId, path, query = {}, options) {
      const wish = parse(PreviewQuery, query);
      const signal = options?.signal;
      await withWorkspace(sessionId, signal);
      const readHead = async (maxBytes: number, countsLines: boolean) => {
        const found = (await look.heads(sessionId, [path], { maxBytes, countsLines, signal })).get(path);
        if (found !== undefined) return found;
        throw new Problem('file-not-found', { detail: `The workspace has no file ${JSON.stringify(path)}.` });
      };
      const found = await readHead(Math.max(wish.max_bytes, leastHead), true);
      const isSent = found.bytes <= pictureBytes && pictureOf(found.head) !== undefined;
      const whole = isSent ? (await readHead(pictureBytes, false)).head : undefined;
      return previewOf(path, found, wish, whole);
    },

    async browse(sessionId, query = {}, options) {
      const wish = parse(WorkspaceQuery, query);
      await withWorkspace(sessionId, options?.signal);
      return browse(await look.tree(sessionId, options?.signal), wish, options?.signal);
    },

    async searchPaths(sessionId, query, options) {
      const wish = parse(PathQuery, query);
      const signal = options?.signal;
      await withWorkspace(sessionId, signal);
      const readHeads = (paths: readonly string[], maxBytes: number) =>
        look.heads(sessionId, paths, { maxBytes, signal });
      return searchPaths(await look.tree(sessionId, signal), wish, readHeads, signal);
    },

    async searchContent(sessionId, query, options) {
      const wish = parse(ContentQuery, query);
      await withWorkspace(sessionId, options?.signal);
      const found = await look.search(sessionId, {
        pattern: wish.q,
        isLiteral: wish.literal === 'true',
        isCaseSensitive: wish.case_sensitive === 'true',
        accepts: acceptedBy(wish),
        limit: wish.limit,
        signal: options?.signal,
      });
      return presentMatches(found, wish.limit);
    },

    async workspaceInfo(sessionId, options) {
      const { workspace, startedAt } = await withWorkspace(sessionId, options?.signal);
      const tree = await look.tree(sessionId, options?.signal);
      const place = await look.place(sessionId);
      return {
        id: workspace.id,
        session_id: sessionId,
        root_path: place,
        mount_path: place,
        // A checkout of its own: the files are no snapshot of a file system.
        snapshot_provider: 'git',
        size_bytes: await tree.totalBytes(options?.signal),
        file_count: tree.entries.length,
        created_at: startedAt ?? null,
        executor_id: workspace.executorId,
        state: place === null ? 'released' : 'ready',
      };
    },

    async sessionInfo(sessionId, options) {
      throwIfAborted(options?.signal);
      const { record } = await sessions.get(sessionId, scope);
      const { executorId } = record.workspace;
      const links = sessionLinks(record.id, record.taskId);
      const own = `${links.self}/workspace`;
      return {
        id: record.id,
        status: record.status,
        fleet: { leader: executorId, followers: [] },
        health: executorId === executor.id ? (await executor.describe()).health : 'unknown',
        endpoints: {
          ...links,
          ...(record.workspace.state === 'pending'
            ? {}
            : { workspace: `${own}/info`, browse: `${own}/files` }),
        },
      };
    },
  };
};
