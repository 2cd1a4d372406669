import { z } from 'zod';
import { ModelFault } from '../world/fault.ts';

/** Everything about the mock of models that can be set. */
export const MockLlmConfig = z
  .object({
    host: z
      .enum(['127.0.0.1', 'localhost', '::1'], {
        errorMap: () => ({ message: 'must be a loopback address: the mock is for agents on this machine' }),
      })
      .default('127.0.0.1'),
    port: z.number().int().min(0).max(65_535).default(3002),
    /** YAML files of scenarios, which come before the built-in ones: the first is played for a prompt that fits none. */
    scenarioFiles: z.array(z.string()).default([]),
    /** Refuse, with the difference, what a scenario does not expect. */
    strict: z.boolean().default(false),
    /** The times of scenarios are multiplied by this: 0 answers at once. */
    speed: z.number().min(0).max(100).default(1),
    seed: z.string().min(1).max(255).default('mock'),
    /** The models that are listed; requests may name any. */
    models: z.array(z.string().min(1).max(255)).min(1).default(['mock-large', 'mock-small']),
    /** What goes wrong from the start. */
    faults: z.array(ModelFault).default([]),
    /** A file every request is appended to, as a line of JSON. */
    log: z.string().min(1).optional(),
  })
  .strict();
export type MockLlmConfig = z.infer<typeof MockLlmConfig>;
/** The same as it is given: what has a usual value may be left out. */
export type MockLlmSettings = z.input<typeof MockLlmConfig>;
