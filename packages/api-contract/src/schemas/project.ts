import { z } from 'zod';
import { pageOf, pageQuery } from './page.ts';
import { Timestamp } from './primitives.ts';

/** A project: a name that tasks and repositories are grouped by, known since the first of them. */
export const Project = z.object({
  id: z.string(),
  tenantId: z.string().optional(),
  createdAt: Timestamp,
  lastUsedAt: Timestamp,
});
export type Project = z.infer<typeof Project>;

export const ProjectPage = pageOf(Project);

/** Projects, last used first. */
export const ProjectQuery = z
  .object({
    ...pageQuery(20),
    tenantId: z.string().min(1).max(255).optional().describe('Only those of this tenant.'),
  })
  .strict();
export type ProjectQuery = z.infer<typeof ProjectQuery>;
