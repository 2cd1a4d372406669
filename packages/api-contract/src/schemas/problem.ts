import { z } from 'zod';

/** An RFC 9457 problem. `errors` maps a field path to what is wrong with it. */
export const ProblemDocument = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int().min(400).max(599),
  detail: z.string(),
  instance: z.string(),
  code: z.string(),
  requestId: z.string(),
  errors: z.record(z.array(z.string())).optional(),
});
export type ProblemDocument = z.infer<typeof ProblemDocument>;
