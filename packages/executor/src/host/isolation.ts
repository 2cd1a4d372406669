import { existsSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IsolationCapability } from '@agent-harbor/api-contract/schemas';
import { findHierarchies, makeGroup } from '../process/cgroup.ts';
import { reasonOf, type Try } from './try-program.ts';

type Kind = IsolationCapability['kind'];
type Finding = Omit<IsolationCapability, 'kind'>;

/** What agents could be held in on this host: each is tried on something that does nothing. */
export const probeIsolation = async (attempt: Try, isLinux: boolean): Promise<IsolationCapability[]> => {
  const tries: Readonly<Record<Kind, () => Promise<Finding>>> = {
    'user-namespace': async () =>
      byProgram(await attempt('unshare', '--user', '--map-root-user', '--', 'true'), 'unshare'),
    bubblewrap: async () =>
      byProgram(
        await attempt('bwrap', '--unshare-all', '--ro-bind', '/', '/', '--dev', '/dev', '--', 'true'),
        'bwrap',
      ),
    // Without a service there are only clients: the answer has to be the server's.
    podman: async () =>
      byProgram(await attempt('podman', 'info', '--format', '{{.Host.OCIRuntime.Name}}'), 'podman'),
    docker: async () =>
      byProgram(await attempt('docker', 'version', '--format', '{{.Server.Version}}'), 'docker'),
    'cgroup-limits': async () => probeLimits(),
  };
  const onlyLinux: readonly Kind[] = ['user-namespace', 'bubblewrap', 'cgroup-limits'];
  return Promise.all(
    (['user-namespace', 'bubblewrap', 'podman', 'docker', 'cgroup-limits'] as const).map(async (kind) => ({
      kind,
      ...(isLinux || !onlyLinux.includes(kind) ? await tries[kind]() : none('Only Linux has this.')),
    })),
  );
};

const none = (reason: string): Finding => ({ available: false, reason });

const byProgram = (tried: Awaited<ReturnType<Try>>, name: string): Finding =>
  tried.outcome === 'ok' ? { available: true } : none(reasonOf(name, tried));

const limits = ['memory.max', 'pids.max', 'cpu.max'] as const;

/** Whether a group made here can be given less memory, fewer processes and less time than all there is. */
export const probeLimits = (hierarchies = findHierarchies()): Finding => {
  const unified = hierarchies.find(({ version }) => version === 2);
  if (unified === undefined) return none('The host has no control groups of version 2.');
  const directory = join(unified.own, `agent-harbor-probe-${process.pid}`);
  try {
    makeGroup(directory);
    const missing = limits.filter((name) => !existsSync(join(directory, name)));
    if (missing.length > 0) {
      return none(
        `A control group made here has no ${missing.join(', ')}: delegate the controllers to this user.`,
      );
    }
    for (const name of limits) writeFileSync(join(directory, name), 'max');
    return { available: true };
  } catch (error) {
    return none(
      `No control group can be made here: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    try {
      if (existsSync(directory)) rmdirSync(directory);
    } catch {
      // The kernel keeps it while it is busy; it is empty.
    }
  }
};
