import { z } from 'zod';

export const RuntimeType = z.enum(['local']);
export type RuntimeType = z.infer<typeof RuntimeType>;

/** Where the agent's processes live. `local` is the executor's host itself. */
export const RuntimeInput = z.object({ type: RuntimeType }).strict();
export type RuntimeInput = z.infer<typeof RuntimeInput>;

export const Runtime = z.object({ type: RuntimeType });
export type Runtime = z.infer<typeof Runtime>;

export const RuntimeDescription = z.object({
  type: RuntimeType,
  description: z.string(),
  sandboxProfiles: z.array(z.string()),
});
export type RuntimeDescription = z.infer<typeof RuntimeDescription>;

export const RuntimeList = z.object({ items: z.array(RuntimeDescription) });
