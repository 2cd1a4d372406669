import { z } from 'zod';
import { Agent, AgentType } from './agent.ts';
import { Check, SessionUsage } from './check.ts';
import { Delivered, Delivery } from './delivery.ts';
import { SessionEvent } from './event/index.ts';
import { commaList } from './event-query.ts';
import { pageOf, pageQuery } from './page.ts';
import { Labels, Timestamp, TimestampInput, Ulid } from './primitives.ts';
import { Repo } from './repo.ts';
import { Runtime } from './runtime.ts';
import { SessionStatus } from './status.ts';

/** What a session changed against its base. */
export const Changes = z.object({
  files_changed: z.number().int().min(0),
  lines_added: z.number().int().min(0),
  lines_removed: z.number().int().min(0),
});
export type Changes = z.infer<typeof Changes>;

/** Where the session's files are; null members are not known yet. */
export const SessionWorkspace = z.object({
  id: z.string(),
  mountPath: z.string().nullable(),
  executorId: z.string().nullable(),
  state: z.enum(['pending', 'ready', 'released']),
});
export type SessionWorkspace = z.infer<typeof SessionWorkspace>;

export const SessionLinks = z.object({
  self: z.string(),
  task: z.string(),
  events: z.string(),
  logs: z.string(),
  chat: z.string(),
  approvals: z.string(),
  files: z.string(),
  diff: z.string(),
  /** Only where the agent runs in a terminal. */
  pty: z.string().optional(),
});
export type SessionLinks = z.infer<typeof SessionLinks>;

/** One agent's run of a task. `recent_events` holds the last three while the session lives. */
export const Session = z.object({
  id: Ulid,
  taskId: Ulid,
  tenantId: z.string().optional(),
  projectId: z.string().optional(),
  status: SessionStatus,
  statusReason: z.string().optional(),
  prompt: z.string(),
  task: z.object({ prompt: z.string(), attachments: z.array(z.unknown()), labels: Labels }),
  repo: Repo,
  runtime: Runtime,
  agent: Agent,
  delivery: Delivery,
  delivered: Delivered.optional(),
  labels: Labels,
  workspace: SessionWorkspace,
  changes: Changes,
  checks: z.array(Check).optional(),
  usage: SessionUsage.optional(),
  exitCode: z.number().int().optional(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  startedAt: Timestamp.optional(),
  endedAt: Timestamp.optional(),
  completedAt: Timestamp.optional(),
  archivedAt: Timestamp.optional(),
  parentSessionId: Ulid.optional(),
  recent_events: z.array(SessionEvent),
  links: SessionLinks,
});
export type Session = z.infer<typeof Session>;

export const SessionPage = pageOf(Session);

const LabelFilter = z.string().regex(/^[^:]+:/, 'must be key:value');

/** Which sessions, in which order, and which page of them. */
export const SessionQuery = z
  .object({
    ...pageQuery(20),
    status: commaList(SessionStatus).optional().describe('Only sessions in these states.'),
    agent: AgentType.optional().describe('Only sessions of this agent type.'),
    projectId: z.string().min(1).max(255).optional(),
    tenantId: z.string().min(1).max(255).optional(),
    repo: z.string().min(1).max(4096).optional().describe('Only sessions on this repository, by its url.'),
    taskId: z.string().min(1).max(64).optional().describe('Only sessions of this task.'),
    label: z
      .union([LabelFilter, z.array(LabelFilter)])
      .optional()
      .describe('Only sessions with this label, as `key:value`; repeated, with all of them.'),
    createdAfter: TimestampInput.optional().describe('Only sessions made after this time.'),
    createdBefore: TimestampInput.optional().describe('Only sessions made before this time.'),
    q: z.string().min(1).max(255).optional().describe('Only sessions whose prompt has these words.'),
    archived: z
      .enum(['true', 'false'])
      .optional()
      .describe('Whether deleted sessions, which are archived, are listed too.'),
    sort: z
      .enum(['createdAt', '-createdAt', 'updatedAt', '-updatedAt'])
      .default('-createdAt')
      .describe('The order; a minus is newest first.'),
  })
  .strict();
export type SessionQuery = z.infer<typeof SessionQuery>;

/** The answer to a wish that is carried out later: watch the events. */
export const Accepted = z.object({ status: z.literal('accepted') });
export type Accepted = z.infer<typeof Accepted>;
