import { z } from 'zod';

/** How the host finds every process of a session: by control group, or by parent and environment. */
export const ProcessTracking = z.enum([
  'cgroup-v2',
  'cgroup-v1',
  'environment',
  'process-group',
  'simulated',
]);
export type ProcessTracking = z.infer<typeof ProcessTracking>;

/** A host that runs sessions and what it can really do. */
export const ExecutorDescription = z.object({
  id: z.string(),
  os: z.string(),
  arch: z.string(),
  health: z.enum(['ok', 'degraded']),
  snapshotCapabilities: z.array(z.string()),
  processTracking: ProcessTracking,
  /** How processes are made to stand still: frozen as one group, or each by a signal. */
  pause: z.enum(['none', 'freeze', 'signal', 'simulated']),
  /** Whether agents can run in a terminal. */
  terminal: z.enum(['none', 'pty', 'simulated']),
  maxConcurrentTasks: z.number().int().min(1),
  running: z.number().int().min(0),
  queued: z.number().int().min(0),
});
export type ExecutorDescription = z.infer<typeof ExecutorDescription>;

export const ExecutorList = z.object({ items: z.array(ExecutorDescription) });
