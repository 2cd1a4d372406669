import { z } from 'zod';

const shared = {
  route: z
    .string()
    .min(1)
    .max(128)
    .describe('A route by its name in the contract, as in `sessions.get`, or `*` for all of them.'),
  params: z
    .record(z.string().max(4096))
    .optional()
    .describe('Only requests whose path has these parameters, as in `{"id": "01J…"}`.'),
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

const when = z
  .enum(['before', 'after'])
  .optional()
  .describe('Whether the request is never carried out, which is usual, or is and only its answer is lost.');

const frame = z
  .number()
  .int()
  .min(1)
  .max(1_000_000)
  .optional()
  .describe('Which event of the stream, counted from 1, which is usual.');

const variant = <Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) =>
  z.object({ kind: z.literal(kind), ...shape, ...shared }).strict();

/** What can go wrong with an answer. */
export const FaultInput = z.discriminatedUnion('kind', [
  variant('latency', {
    ms: z
      .number()
      .int()
      .min(0)
      .max(600_000)
      .describe('How long the request waits, in milliseconds of the clock.'),
  }),
  variant('status', {
    status: z
      .number()
      .int()
      .min(400)
      .max(599)
      .describe('The status of the answer, with its problem if it has one.'),
    retryAfterSeconds: z
      .number()
      .int()
      .min(0)
      .max(86_400)
      .optional()
      .describe('The Retry-After of the answer.'),
    when,
  }),
  variant('cut', { when }),
  variant('break', {
    afterBytes: z
      .number()
      .int()
      .min(0)
      .max(1_073_741_824)
      .describe('How much of the body is sent at most before the connection is lost.'),
  }),
  variant('slow', {
    bytesPerSecond: z.number().int().min(1).max(1_073_741_824).describe('How fast the body is sent.'),
  }),
  variant('half-frame', { frame }),
  variant('duplicate-frame', { frame }),
  variant('drop-frame', { frame }),
]);
export type FaultInput = z.infer<typeof FaultInput>;

/** The kinds that only an event stream can have. */
export const frameKinds = ['half-frame', 'duplicate-frame', 'drop-frame'] as const;

/** A fault that is set, and what came of it. */
export interface Fault {
  readonly id: string;
  readonly fault: FaultInput;
  /** Requests it was meant for. */
  readonly seen: number;
  /** Requests it struck. */
  readonly struck: number;
}
