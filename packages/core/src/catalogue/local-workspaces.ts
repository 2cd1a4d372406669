import { WorkspaceListQuery, WorkspaceUsageQuery } from '@agent-harbor/api-contract/schemas';
import { parse } from '../parse.ts';
import { Problem, throwIfAborted } from '../problem.ts';
import type { Scope } from '../scope.ts';
import type { SessionRecord } from '../session/record.ts';
import type { Store } from '../store/store.ts';
import type { Catalogue } from './catalogue.ts';
import type { UsageMeter } from './usage-meter.ts';
import { sessionIdOf, taskHistoryOf, workspaceOf, workspaceStates } from './workspace-of.ts';

/** The part of the catalogue that tells of workspaces: each is what its session says of it. */
export const createWorkspaceShelf = (
  { store, usage }: { readonly store: Store; readonly usage: UsageMeter },
  scope: Scope,
): Pick<Catalogue, 'workspaces' | 'workspace' | 'workspaceUsage'> => {
  const find = async (workspaceId: string): Promise<SessionRecord> => {
    const sessionId = sessionIdOf(workspaceId);
    const found = sessionId === undefined ? undefined : await store.session(scope, sessionId);
    if (found !== undefined && found.record.workspace.id === workspaceId) return found.record;
    throw new Problem('workspace-not-found', { detail: `There is no workspace ${workspaceId}.` });
  };
  return {
    async workspaces(query = {}, options) {
      throwIfAborted(options?.signal);
      const { status, tenantId, projectId, repo, ...request } = parse(WorkspaceListQuery, query);
      const workspace = status?.map((each) => workspaceStates[each]);
      // Also of deleted sessions: what they leave is there until it is dropped.
      const filter = { archived: 'true', workspace, tenantId, projectId, repo } as const;
      const page = await store.sessions(scope, filter, '-createdAt', request);
      return { ...page, items: page.items.map(({ record }) => workspaceOf(record)) };
    },
    async workspace(workspaceId, options) {
      throwIfAborted(options?.signal);
      const session = await find(workspaceId);
      const self = `/api/v1/workspaces/${workspaceId}`;
      const archived = session.archivedAt === undefined ? '' : '?archived=true';
      return {
        ...workspaceOf(session),
        storageUsed: usage.last(session.id) ?? null,
        taskHistory: taskHistoryOf(session),
        links: { self, session: `/api/v1/sessions/${session.id}${archived}`, usage: `${self}/usage` },
      };
    },
    async workspaceUsage(workspaceId, query = {}, options) {
      throwIfAborted(options?.signal);
      const { refresh } = parse(WorkspaceUsageQuery, query);
      const { id } = await find(workspaceId);
      return usage.measure(id, { refresh: refresh === 'true', signal: options?.signal });
    },
  };
};
