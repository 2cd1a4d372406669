import { z } from 'zod';

const one = <Schema extends z.ZodTypeAny>(schema: Schema) =>
  z.union([z.array(schema), schema.transform((single: z.infer<Schema>) => [single])]);

const Paths = z.array(z.string().min(1)).max(10_000);

/**
 * What must be so at this place of the timeline. Members that are not known are told by a warning: the public format
 * lets runners have their own.
 */
export const Assertion = z
  .object({
    fs: z.object({ exists: Paths.optional(), notExists: Paths.optional() }).strict().optional(),
    text: z
      .object({ contains: z.array(z.string().min(1)) })
      .strict()
      .optional(),
    json: z
      .object({
        file: one(z.object({ path: z.string().min(1), pointer: z.string(), equals: z.unknown() }).strict()),
      })
      .strict()
      .optional(),
    git: z
      .object({ commit: one(z.object({ messageContains: z.string().min(1) }).strict()) })
      .strict()
      .optional(),
  })
  .catchall(z.unknown());
export type Assertion = z.infer<typeof Assertion>;

/** What a test of a real repository checks. */
export const GitAssertion = z.record(z.unknown());
