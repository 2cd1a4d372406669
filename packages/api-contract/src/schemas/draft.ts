import { z } from 'zod';
import { AgentChoice } from './agent.ts';
import { Delivery, DeliveryInput } from './delivery.ts';
import { pageOf, pageQuery } from './page.ts';
import { JsonObject, Labels, Timestamp, text } from './primitives.ts';
import { Runtime, RuntimeInput } from './runtime.ts';
import { steered } from './steered.ts';

/** A draft may be half finished, so its repository may lack a url, or have one that is still being typed. */
const DraftRepo = z
  .object({ mode: z.enum(['git', 'none']), url: text(0, 4096).optional(), branch: text(0, 255).optional() })
  .strict();

/** What a caller saves; every member is optional, PUT replaces the members it names. */
export const DraftInput = z
  .object({
    prompt: text(0, 1024 * 1024).optional(),
    repo: DraftRepo.optional(),
    agents: z.array(AgentChoice).max(32).optional(),
    agent: AgentChoice.optional(),
    runtime: RuntimeInput.optional(),
    delivery: DeliveryInput.optional(),
    labels: Labels.optional(),
    ...steered,
    tenantId: text(1, 255).optional(),
    projectId: text(1, 255).optional(),
  })
  .strict();
export type DraftInput = z.infer<typeof DraftInput>;

/** An agent of a draft; `type` may be one of a newer server. */
export const DraftAgent = z.object({
  type: z.string(),
  version: z.string().optional(),
  model: z.string().optional(),
  count: z.number().int().min(1),
  displayName: z.string().optional(),
  settings: JsonObject.optional(),
});

export const Draft = z.object({
  id: z.string(),
  prompt: z.string(),
  repo: DraftRepo.strip().optional(),
  agents: z.array(DraftAgent),
  runtime: Runtime.optional(),
  delivery: Delivery.optional(),
  labels: Labels,
  ...steered,
  tenantId: z.string().optional(),
  projectId: z.string().optional(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type Draft = z.infer<typeof Draft>;

export const DraftPage = pageOf(Draft);

/** Drafts, last changed first. */
export const DraftQuery = z.object(pageQuery(20)).strict();
export type DraftQuery = z.infer<typeof DraftQuery>;
