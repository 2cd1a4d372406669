import { z } from 'zod';
import { AgentType } from './agent.ts';
import { commaList } from './event-query.ts';
import { pageOf, pageQuery } from './page.ts';
import { Timestamp } from './primitives.ts';
import { SessionStatus } from './status.ts';

/** Whether a workspace is made yet, is there, or was dropped. */
export const WorkspaceStatus = z.enum(['pending', 'active', 'released']);
export type WorkspaceStatus = z.infer<typeof WorkspaceStatus>;

/** Where a session works. `repositories` is empty where it works on none. */
export const Workspace = z.object({
  id: z.string(),
  status: WorkspaceStatus,
  sessionId: z.string(),
  sessionStatus: SessionStatus,
  tenantId: z.string().optional(),
  projectId: z.string().optional(),
  executorId: z.string().nullable(),
  mountPath: z.string().nullable(),
  repositories: z.array(
    z.object({ url: z.string(), branch: z.string().optional(), commit: z.string().nullable() }),
  ),
  createdAt: Timestamp,
  lastActivity: Timestamp,
});
export type Workspace = z.infer<typeof Workspace>;

export const WorkspacePage = pageOf(Workspace);

/** Workspaces, the newest first. */
export const WorkspaceListQuery = z
  .object({
    ...pageQuery(20),
    status: commaList(WorkspaceStatus).optional().describe('Only workspaces in these states.'),
    tenantId: z.string().min(1).max(255).optional(),
    projectId: z.string().min(1).max(255).optional(),
    repo: z.string().min(1).max(4096).optional().describe('Only those of this repository, by its url.'),
  })
  .strict();
export type WorkspaceListQuery = z.infer<typeof WorkspaceListQuery>;

/** What a workspace took of the disk when it was measured, with what is kept of it beside the files. */
export const WorkspaceUsage = z.object({
  bytes: z.number().int().min(0),
  files: z.number().int().min(0),
  /** False when it was too large to be measured to its end: then it takes more. */
  isComplete: z.boolean(),
  measuredAt: Timestamp,
});
export type WorkspaceUsage = z.infer<typeof WorkspaceUsage>;

/** What was done in a workspace. */
const WorkspaceTask = z.object({
  taskId: z.string(),
  sessionId: z.string(),
  /** The first line of the prompt. */
  prompt: z.string(),
  agent: AgentType,
  status: SessionStatus,
  createdAt: Timestamp,
  startedAt: Timestamp.optional(),
  endedAt: Timestamp.optional(),
});

/** A workspace with what is known of it. `storageUsed` is null until it was measured. */
export const WorkspaceDetail = Workspace.extend({
  storageUsed: WorkspaceUsage.nullable(),
  taskHistory: z.array(WorkspaceTask),
  links: z.object({ self: z.string(), session: z.string(), usage: z.string() }),
});
export type WorkspaceDetail = z.infer<typeof WorkspaceDetail>;

export const WorkspaceUsageQuery = z
  .object({
    refresh: z
      .enum(['true', 'false'])
      .optional()
      .describe('Whether it is measured again, although the last measure is young.'),
  })
  .strict();
export type WorkspaceUsageQuery = z.infer<typeof WorkspaceUsageQuery>;
