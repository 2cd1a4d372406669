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
    allowedOrigins: z.array(z.string().url()).default([]),
    seed: z.string().min(1).default('mock'),
    /** Delays of scenarios are multiplied by this: 0.1 is ten times as fast. */
    speed: z.number().min(0).max(100).default(1),
    /** YAML files of scenarios beside the built-in ones. */
    scenarioFiles: z.array(z.string()).default([]),
    maxConcurrentTasks: z.number().int().min(1).max(1000).default(16),
    rateLimit: z
      .object({ requests: z.number().int().min(1), windowSeconds: z.number().int().min(1) })
      .strict()
      .default({ requests: 60_000, windowSeconds: 60 }),
  })
  .strict();
export type MockServerSettings = z.input<typeof MockServerConfig>;
