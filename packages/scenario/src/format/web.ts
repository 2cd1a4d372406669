import { z } from 'zod';

/** A page of the web a scenario brings along: its agent meets no other. */
export const WebPage = z
  .object({
    url: z
      .string()
      .max(2_048)
      .regex(/^https?:\/\/[^\s/?#]+[^\s]*$/, 'must be an http: or https: url'),
    title: z.string().max(1_000).optional(),
    text: z.string().max(1_048_576),
  })
  .strict();
export type WebPage = z.infer<typeof WebPage>;
