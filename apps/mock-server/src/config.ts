import { TimestampInput } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';

/** Everything about the mock server that can be set. */
export const MockServerConfig = z
  .object({
    host: z
      .enum(['127.0.0.1', 'localhost', '::1'], {
        errorMap: () => ({ message: 'must be a loopback address: the mock is for tests on this machine' }),
      })
      .default('127.0.0.1'),
    port: z.number().int().min(0).max(65_535).default(3001),
    /** Where the key lies that clients on this machine find by themselves; nothing else is kept. */
    stateDir: z.string().min(1),
    noAuth: z.boolean().default(false),
    /** Origins whose pages may call, as `http://localhost:5173`; `*` for all. */
    cors: z
      .array(
        z.string().refine((text) => text === '*' || isOrigin(text), {
          message: 'must be an origin, as in http://localhost:5173, or * for every one',
        }),
      )
      .default([]),
    seed: z.string().min(1).max(255).default('mock'),
    /** What there is at the start: nothing, or sessions in every state, drafts and repositories. */
    data: z.enum(['demo', 'empty']).default('empty'),
    /** Delays of scenarios are multiplied by this: 0.1 is ten times as fast. */
    speed: z.number().min(0).max(100).default(1),
    /** The time at which the clock stands still from the start; without it, it runs with the time of the machine. */
    freezeAt: TimestampInput.optional(),
    /** YAML files of scenarios beside the built-in ones. */
    scenarioFiles: z.array(z.string()).default([]),
    /** How many sessions run at once: 16 when absent, with the demo data 6, so that some wait. */
    maxConcurrentTasks: z.number().int().min(1).max(1000).optional(),
    rateLimit: z
      .object({ requests: z.number().int().min(1), windowSeconds: z.number().int().min(1) })
      .strict()
      .default({ requests: 60_000, windowSeconds: 60 }),
  })
  .strict();
export type MockServerConfig = z.infer<typeof MockServerConfig>;
export type MockServerSettings = z.input<typeof MockServerConfig>;

/** Scheme, host and port, and nothing behind them. */
const isOrigin = (text: string): boolean =>
  !text.includes('*') && URL.canParse(text) && new URL(text).origin === text.toLowerCase().replace(/\/$/, '');
