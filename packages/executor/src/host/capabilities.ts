import type { Clock, ExecutorCapabilities } from '@agent-harbor/core';
import { type Environment, hostEnvironment } from '../agents/agent-environment.ts';
import type { StartProgram } from '../process/start-program.ts';
import { probeIsolation } from './isolation.ts';
import { fileSystemOf, probeSnapshots } from './snapshots.ts';
import { createTry } from './try-program.ts';

export interface CapabilityOptions {
  readonly stateDir: string;
  readonly clock: Clock;
  readonly environment: Environment;
  readonly start: StartProgram;
}

/** What this host could do, found out by trying, each thing for a few seconds at most and all side by side. */
export const probeCapabilities = async ({
  stateDir,
  clock,
  environment,
  start,
}: CapabilityOptions): Promise<ExecutorCapabilities> => {
  const own = containerVariables.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const attempt = createTry({
    clock,
    start,
    env: { ...hostEnvironment(environment), ...Object.fromEntries(own) },
  });
  const type = await fileSystemOf(stateDir).catch(() => undefined);
  const [snapshotProviders, isolation] = await Promise.all([
    probeSnapshots(attempt, stateDir, type),
    probeIsolation(attempt, process.platform === 'linux'),
  ]);
  return { snapshotProviders, isolation };
};

/** Where a user's container services are. */
const containerVariables = ['HOME', 'XDG_RUNTIME_DIR', 'DOCKER_HOST', 'CONTAINER_HOST'];
