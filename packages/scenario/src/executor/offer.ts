import {
  type AgentDescription,
  AgentType,
  IsolationCapability,
  type RuntimeDescription,
  SnapshotCapability,
} from '@agent-harbor/api-contract/schemas';
import { type Executor, type ExecutorCapabilities, Problem } from '@agent-harbor/core';

/** What a host says of itself on which nothing really runs. */
export const simulatedHost: Awaited<ReturnType<Executor['describe']>> = {
  id: 'scripted',
  os: 'simulated',
  arch: 'simulated',
  health: 'ok',
  processTracking: 'simulated',
  pause: 'simulated',
  terminal: 'simulated',
};

const reason = 'Nothing is really run here.';

/** What it could do: nothing, and it says so for all there is to ask for. */
export const simulatedCapabilities: ExecutorCapabilities = {
  snapshotProviders: SnapshotCapability.shape.provider.options.map((provider) => ({
    provider,
    available: false,
    reason,
  })),
  isolation: IsolationCapability.shape.kind.options.map((kind) => ({ kind, available: false, reason })),
};

const scenarioAgent = {
  displayName: 'Scenario agent',
  description: 'Plays a scenario: a built-in one by name, or one given inline.',
};

const simulated = (type: AgentType) => ({
  displayName: `${type} (simulated)`,
  description: 'Simulated here: nothing is run, the session says so and ends well.',
});

export const simulatedAgents: readonly AgentDescription[] = AgentType.options.map((type) => ({
  type,
  ...(type === 'mock' ? scenarioAgent : simulated(type)),
  versions: ['latest'],
  settingsSchemaRef: `/api/v1/schemas/agents/${type}.json`,
}));

/** Throws `unsupported-choice` for a version nobody here has. */
export const checkVersion = (type: AgentType, version: string | undefined, field: string): void => {
  const versions = simulatedAgents.find((agent) => agent.type === type)?.versions ?? [];
  if (version === undefined || versions.includes(version)) return;
  const message = `this host has ${type} in ${versions.join(', ')}, not ${JSON.stringify(version)}`;
  throw new Problem('unsupported-choice', { detail: `${field}: ${message}`, errors: { [field]: [message] } });
};

export const simulatedRuntimes: readonly RuntimeDescription[] = [
  { type: 'local', description: 'Nothing is run: sessions are played from scenarios.', sandboxProfiles: [] },
];
