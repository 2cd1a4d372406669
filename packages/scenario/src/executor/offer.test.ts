import { AgentType, agentSettings } from '@agent-harbor/api-contract/schemas';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentSettingsSchemas, simulatedAgents } from './offer.ts';

const value = fc.oneof(
  { depthSize: 'small' },
  fc.string(),
  fc.double({ min: -5, max: 200, noNaN: true }),
  fc.constant(null),
  fc.array(fc.oneof(fc.string(), fc.integer()), { maxLength: 3 }),
  fc.constant([]),
  fc.constant({ name: 'inline', timeline: [] }),
);
const settings = fc.dictionary(fc.constantFrom('scenario', 'speed', 'command', 'other'), value, {
  maxKeys: 3,
});

describe.each(AgentType.options)('the settings of %s', (type) => {
  it('have a JSON Schema that accepts what the contract accepts, and nothing else', () => {
    const accepts = new Ajv2020().compile(agentSettingsSchemas[type]);
    fc.assert(
      fc.property(settings, (any) => {
        expect(accepts(any), JSON.stringify(any)).toBe(agentSettings[type].safeParse(any).success);
      }),
      { numRuns: 500 },
    );
  });

  it('belong to an agent that is offered', () => {
    const agent = simulatedAgents.find((candidate) => candidate.type === type);
    expect(agent?.settingsSchemaRef).toBe(`/api/v1/schemas/agents/${type}.json`);
    if (type !== 'mock') expect(agent?.description).toMatch(/simulated/i);
  });
});
