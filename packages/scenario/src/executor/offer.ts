import type {
  AgentDescription,
  AgentType,
  JsonObject,
  RuntimeDescription,
} from '@agent-harbor/api-contract/schemas';
import { type Executor, Problem } from '@agent-harbor/core';

/** What a host says of itself on which nothing really runs. */
export const simulatedHost: Awaited<ReturnType<Executor['describe']>> = {
  id: 'scripted',
  os: 'simulated',
  arch: 'simulated',
  health: 'ok',
  snapshotCapabilities: [],
  processTracking: 'simulated',
  pause: 'none',
};

const descriptions = {
  mock: ['Scenario agent', 'Plays a scenario: a built-in one by name, or one given inline.'],
  acp: ['Agent Client Protocol', 'Simulated here: nothing is run, the session says so and ends well.'],
  command: ['Command', 'Simulated here: nothing is run, the session says so and ends well.'],
} as const satisfies Record<AgentType, readonly [string, string]>;

const describe = (type: AgentType): AgentDescription => {
  const [displayName, description] = descriptions[type];
  const settingsSchemaRef = `/api/v1/schemas/agents/${type}.json`;
  return { type, displayName, description, versions: ['latest'], settingsSchemaRef };
};

export const simulatedAgents: readonly AgentDescription[] = [
  describe('mock'),
  describe('acp'),
  describe('command'),
];

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

const argv: JsonObject = {
  type: 'array',
  items: { type: 'string', maxLength: 65_536 },
  minItems: 1,
  maxItems: 256,
};

const object = (properties: JsonObject, required: readonly string[]): JsonObject => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

/** The JSON Schema of the settings of each agent type, as the contract's own schema has them. */
export const agentSettingsSchemas: Readonly<Record<AgentType, JsonObject>> = {
  mock: object(
    {
      scenario: {
        description: 'A built-in scenario by name, or a whole scenario inline.',
        anyOf: [{ type: 'string', minLength: 1, maxLength: 255 }, { type: 'object' }],
      },
      speed: {
        description: 'Delays are multiplied by this: 0.1 is ten times as fast, 0 plays everything at once.',
        type: 'number',
        minimum: 0,
        maximum: 100,
      },
    },
    [],
  ),
  acp: object({ command: { description: 'The program and its arguments.', ...argv } }, ['command']),
  command: object(
    {
      command: {
        description: 'The program and its arguments; {prompt} in any of them stands for the prompt.',
        ...argv,
      },
    },
    ['command'],
  ),
};
