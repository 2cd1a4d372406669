import type { Workspace, WorkspaceDetail, WorkspaceStatus } from '@agent-harbor/api-contract/schemas';
import type { SessionRecord } from '../session/record.ts';

/** The states of a session's workspace by what they are called where workspaces are listed. */
export const workspaceStates = {
  pending: 'pending',
  active: 'ready',
  released: 'released',
} as const satisfies Record<WorkspaceStatus, SessionRecord['workspace']['state']>;

const statuses = {
  pending: 'pending',
  ready: 'active',
  released: 'released',
} as const satisfies Record<SessionRecord['workspace']['state'], WorkspaceStatus>;

/** The session that works in a workspace, by the id the workspace has; undefined for what can be no such id. */
export const sessionIdOf = (workspaceId: string): string | undefined => /^ws-(.+)$/s.exec(workspaceId)?.[1];

/** The workspace of a session. */
export const workspaceOf = (session: SessionRecord): Workspace => {
  const { workspace, repo, tenantId, projectId } = session;
  return {
    id: workspace.id,
    status: statuses[workspace.state],
    sessionId: session.id,
    sessionStatus: session.status,
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(projectId === undefined ? {} : { projectId }),
    executorId: workspace.executorId,
    mountPath: workspace.mountPath,
    repositories:
      repo.url === undefined
        ? []
        : [
            {
              url: repo.url,
              ...(repo.branch === undefined ? {} : { branch: repo.branch }),
              commit: repo.commit ?? null,
            },
          ],
    createdAt: session.createdAt,
    lastActivity: session.updatedAt,
  };
};

/** What was done in it: a workspace is made for one session, so that is one. */
export const taskHistoryOf = (session: SessionRecord): WorkspaceDetail['taskHistory'] => [
  {
    taskId: session.taskId,
    sessionId: session.id,
    prompt: firstLine(session.prompt),
    agent: session.agent.type,
    status: session.status,
    createdAt: session.createdAt,
    ...(session.startedAt === undefined ? {} : { startedAt: session.startedAt }),
    ...(session.endedAt === undefined ? {} : { endedAt: session.endedAt }),
  },
];

const shown = 200;

const firstLine = (prompt: string): string => {
  const [line = ''] = prompt
    .trimStart()
    .slice(0, 4 * shown)
    .split(/\r\n|[\r\n]/, 1);
  return line.length > shown ? `${[...line].slice(0, shown - 1).join('')}…` : line;
};
