import { AgentType } from '@agent-harbor/api-contract/schemas';
import { expect, test } from 'vitest';
import { simulatedAgents } from './offer.ts';

test('every agent type is offered, and says when nothing is run', () => {
  expect(simulatedAgents.map(({ type }) => type)).toEqual(AgentType.options);
  for (const { type, description, settingsSchemaRef } of simulatedAgents) {
    expect(settingsSchemaRef).toBe(`/api/v1/schemas/agents/${type}.json`);
    if (type !== 'mock') expect(description).toMatch(/simulated/i);
  }
});
