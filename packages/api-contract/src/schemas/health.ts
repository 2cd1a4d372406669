import { z } from 'zod';

export const Health = z.object({ status: z.literal('ok') });
export type Health = z.infer<typeof Health>;

/** Ready when the store takes writes, migrations are done and the executor answers. */
export const Readiness = z.object({
  status: z.enum(['ready', 'not-ready']),
  reasons: z.array(z.string()),
});
export type Readiness = z.infer<typeof Readiness>;

export const Version = z.object({
  name: z.string(),
  version: z.string(),
  apiVersion: z.literal('v1'),
});
export type Version = z.infer<typeof Version>;
