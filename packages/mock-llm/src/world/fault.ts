import { z } from 'zod';

const shared = {
  api: z
    .enum(['anthropic', 'openai-responses', 'openai-chat', 'gemini'])
    .optional()
    .describe('Only requests of this API.'),
  asides: z
    .boolean()
    .optional()
    .describe(
      'Whether requests beside the work (a title, whether to go on) are struck, too; false when absent.',
    ),
  skip: z.number().int().min(0).max(1_000_000).optional().describe('How many requests pass first.'),
  count: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('How many requests it strikes; all that follow when absent.'),
  probability: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('How likely it strikes a request; the seed decides, so it is the same every time.'),
};

const retryAfterSeconds = z.number().int().min(0).max(86_400).optional().describe('When to come back.');

const variant = <Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) =>
  z.object({ kind: z.literal(kind), ...shape, ...shared }).strict();

/** What can go wrong with an answer of the model's service. */
export const ModelFault = z.discriminatedUnion('kind', [
  variant('rate-limit', { retryAfterSeconds }),
  variant('overload', { retryAfterSeconds }),
  variant('status', {
    status: z.number().int().min(400).max(599),
    message: z.string().optional(),
    retryAfterSeconds,
  }),
  variant('latency', {
    ms: z.number().int().min(0).max(600_000).describe('How long it waits before it answers.'),
  }),
  variant('cut', {
    afterEvents: z
      .number()
      .int()
      .min(0)
      .max(1_000_000)
      .describe(
        'How many events of the stream are sent before the connection is lost; 0 for no answer at all.',
      ),
  }),
]);
export type ModelFault = z.infer<typeof ModelFault>;
