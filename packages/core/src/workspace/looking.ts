import {
  ContentQuery,
  DownloadQuery,
  IdeLink,
  OpenIde,
  PathQuery,
  PreviewQuery,
  WorkspaceQuery,
} from '@agent-harbor/api-contract/schemas';
import type { Executor } from '../executor/executor.ts';
import type { LocalWorkspaces } from '../harbor.ts';
import type { Idempotency } from '../idempotency.ts';
import { parse } from '../parse.ts';
import { Problem, throwIfAborted } from '../problem.ts';
import type { Scope } from '../scope.ts';
import { hasTerminal, sessionLinks } from '../session/present.ts';
import type { SessionRecord } from '../session/record.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Store } from '../store/store.ts';
import { createOnce, remember } from '../task/once.ts';
import { browse } from './browse.ts';
import { ideWays } from './ide-ways.ts';
import { pictureOf } from './picture.ts';
import { leastHead, pictureBytes, previewOf } from './preview.ts';
import { acceptedBy, presentMatches } from './search-content.ts';
import { searchPaths } from './search-paths.ts';

interface LookingParts {
  readonly store: Store;
  readonly idempotency: Idempotency;
  readonly sessions: Sessions;
  readonly executor: Executor;
  /** The session, once it is known to have a workspace. */
  readonly withWorkspace: (sessionId: string, signal: AbortSignal | undefined) => Promise<SessionRecord>;
}

type Looking = Pick<
  LocalWorkspaces,
  | 'filePreview'
  | 'browse'
  | 'searchPaths'
  | 'searchContent'
  | 'workspaceInfo'
  | 'sessionInfo'
  | 'download'
  | 'openIde'
>;

/** Looking around in a workspace: what an executor reads, told by the rules of the wire. */
export const createLooking = (
  { store, idempotency, sessions, executor, withWorkspace }: LookingParts,
  scope: Scope,
): Looking => {
  const { look } = executor;
  const once = createOnce(idempotency, scope);
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

    async download(sessionId, query = {}, options) {
      const { path } = parse(DownloadQuery, query);
      const { endedAt, updatedAt } = await withWorkspace(sessionId, options?.signal);
      const at = Date.parse(endedAt ?? updatedAt);
      return look.archive(sessionId, { path, root: sessionId, at, signal: options?.signal });
    },

    async openIde(sessionId, wish, options = {}) {
      const { ide, file, line, ssh_host } = parse(OpenIde, wish);
      return once<IdeLink>(
        'workspace.openIde',
        [sessionId, wish],
        options,
        async (calling) => {
          const { workspace } = await withWorkspace(sessionId, calling.signal);
          const root = await look.place(sessionId);
          if (root === null) {
            throw new Problem('workspace-gone', {
              detail:
                'The directory of the session was dropped; its files can be read and downloaded, not edited.',
            });
          }
          if (file !== undefined) {
            const found = await look.heads(sessionId, [file], { maxBytes: 0, signal: calling.signal });
            if (!found.has(file)) {
              throw new Problem('file-not-found', {
                detail: `The workspace has no file ${JSON.stringify(file)}.`,
              });
            }
          }
          const place = { root, file: file === undefined ? undefined : `${root}/${file}`, line };
          const ways = ideWays(ide, place, ssh_host);
          const host = workspace.executorId ?? executor.id;
          const link: IdeLink = {
            ide,
            executor_id: host,
            path: place.file ?? root,
            ...ways,
            note: noteOf(host, ssh_host),
          };
          await remember(store, calling, link);
          return link;
        },
        (stored) => parse(IdeLink, stored, 'reply'),
      );
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
      const links = sessionLinks(record.id, record.taskId, hasTerminal(record));
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

/** What works where. */
const noteOf = (executorId: string, sshHost: string | undefined): string =>
  sshHost === undefined
    ? `The files are on the host of executor ${executorId}, and the local form works there only. From elsewhere give ssh_host, a name by which SSH reaches that host.`
    : `The remote form needs SSH access to ${sshHost}, as a user who may read the files there, and has to be the host of executor ${executorId}.`;
