import { z } from 'zod';
import { AgentChoice } from './agent.ts';
import { CheckCommand } from './check.ts';
import { Prompt } from './content.ts';
import { Delivery, DeliveryInput } from './delivery.ts';
import { Labels, Timestamp, text, Ulid } from './primitives.ts';
import { Repo, RepoInput } from './repo.ts';
import { Runtime, RuntimeInput } from './runtime.ts';
import { Session } from './session.ts';
import { SessionStatus } from './status.ts';
import { steered } from './steered.ts';
import { TaskWebhook, WebhookWithSecret } from './webhook.ts';

/** One task makes at most this many sessions. */
export const sessionsPerTask = 100;

/** What is asked. Exactly one of `agents` and the older single `agent` is given; agents × count sessions are made. */
export const CreateTask = z
  .object({
    tenantId: text(1, 255).optional(),
    projectId: text(1, 255).optional(),
    prompt: Prompt,
    repo: RepoInput,
    runtime: RuntimeInput.optional(),
    agents: z.array(AgentChoice).min(1).max(32).optional(),
    agent: AgentChoice.optional(),
    delivery: DeliveryInput.optional(),
    labels: Labels.optional(),
    ...steered,
    webhooks: z
      .array(TaskWebhook)
      .min(1)
      .max(32)
      .optional()
      .describe('Who is told of what happens in the sessions of the task.'),
    checks: z
      .array(CheckCommand)
      .max(16)
      .optional()
      .describe(
        'Commands that tell whether the work is good: run in the workspace of each session when its agent has ended well.',
      ),
  })
  .strict()
  .superRefine((task, context) => {
    if ((task.agents === undefined) === (task.agent === undefined)) {
      context.addIssue({ code: 'custom', path: ['agents'], message: 'give either agents or agent' });
      return;
    }
    const agents = task.agents ?? (task.agent === undefined ? [] : [task.agent]);
    const sessions = agents.reduce((sum, agent) => sum + (agent.count ?? agent.instances ?? 1), 0);
    if (sessions > sessionsPerTask) {
      context.addIssue({
        code: 'custom',
        path: ['agents'],
        message: `at most ${sessionsPerTask} sessions per task`,
      });
    }
  });
export type CreateTask = z.infer<typeof CreateTask>;

/** `id` is the first session's; `session_ids` are all of them. */
export const LaunchedTask = z.object({
  id: Ulid,
  task_id: Ulid,
  session_ids: z.array(Ulid).min(1),
  status: SessionStatus,
  webhooks: z
    .array(WebhookWithSecret)
    .optional()
    .describe('The webhooks of the task with their secrets, which are not shown again.'),
  links: z.object({ self: z.string(), task: z.string(), events: z.string(), logs: z.string() }),
});
export type LaunchedTask = z.infer<typeof LaunchedTask>;

export const Task = z.object({
  id: Ulid,
  tenantId: z.string().optional(),
  projectId: z.string().optional(),
  prompt: z.string(),
  repo: Repo,
  runtime: Runtime,
  delivery: Delivery,
  labels: Labels,
  createdAt: Timestamp,
  sessions: z.array(Session),
  links: z.object({ self: z.string() }),
});
export type Task = z.infer<typeof Task>;
