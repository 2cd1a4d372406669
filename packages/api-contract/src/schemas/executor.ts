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

/** Whether something can be had on a host, found out by trying it; where it cannot, why. */
const Capability = z.object({
  available: z.boolean(),
  reason: z.string().optional(),
});

/** What snapshots of files can be kept with, where the state of the executor lies. */
export const SnapshotCapability = Capability.extend({ provider: z.enum(['git', 'btrfs', 'zfs']) });
export type SnapshotCapability = z.infer<typeof SnapshotCapability>;

/** What agents could be held in. What a session is held in today is told by the runtimes. */
export const IsolationCapability = Capability.extend({
  kind: z.enum(['user-namespace', 'bubblewrap', 'podman', 'docker', 'cgroup-limits']),
});
export type IsolationCapability = z.infer<typeof IsolationCapability>;

/** A host that runs sessions and what it can really do. */
export const ExecutorDescription = z.object({
  id: z.string(),
  os: z.string(),
  arch: z.string(),
  health: z.enum(['ok', 'degraded']),
  /** The snapshot providers that can be had, the cheapest first. */
  snapshotCapabilities: z.array(z.string()),
  snapshotProviders: z.array(SnapshotCapability),
  isolation: z.array(IsolationCapability),
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
