import { z } from 'zod';

const loopback = /^http:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?(?:\/|$)/i;

/** A forge of one's own: whose interface it speaks, where that is, and where its token is found. The token is never here. */
export const ForgeConfig = z
  .object({
    kind: z.enum(['github', 'gitlab']),
    apiUrl: z
      .string()
      .url()
      .refine(
        (url) => /^https:\/\//i.test(url) || loopback.test(url),
        'must be an https: url, as a token is sent there',
      )
      .refine((url) => !/[@?#]/.test(url), 'must have no user, query or fragment')
      .optional(),
    tokenVariable: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'must be the name of an environment variable')
      .optional(),
    tokenFile: z.string().min(1).optional(),
  })
  .strict();
export type ForgeConfig = z.infer<typeof ForgeConfig>;
