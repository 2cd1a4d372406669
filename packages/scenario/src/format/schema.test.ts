import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { builtInScenarios, scenarioSource } from '../library/built-in-scenarios.ts';
import { Scenario } from './scenario.ts';
import { scenarioSchema } from './schema.ts';

const accepts = new Ajv2020({
  strict: true,
  discriminator: true,
  allowUnionTypes: true,
  strictRequired: false,
}).compile(scenarioSchema());

describe('the JSON Schema for editors', () => {
  it.each(Object.keys(builtInScenarios))('takes %s as it is written, and as it is read', (name) => {
    expect(accepts(scenarioSource(name)), JSON.stringify(accepts.errors?.slice(0, 3))).toBe(true);
    expect(accepts(JSON.parse(JSON.stringify(builtInScenarios[name])))).toBe(true);
  });

  const rules = [{ when: '$fast', config: { name: 'x' } }];
  it.each([
    ['rules in the place of a member', { rules, timeline: [] }],
    [
      'rules among the items',
      { name: 'x', timeline: [{ rules: [{ default: true, config: [{ log: 'a' }] }] }] },
    ],
    [
      'rules deep inside',
      { name: 'x', timeline: [{ agentEdits: { rules: [{ when: '$a == 1', config: {} }] } }] },
    ],
    ['a tool by its own name', { name: 'x', timeline: [{ agentActions: [{ grep: { pattern: 'a' } }] }] }],
  ])('takes %s', (_, scenario) => {
    expect(accepts(scenario), JSON.stringify(accepts.errors)).toBe(true);
  });

  it.each([
    ['a member nobody knows', { name: 'x', timeline: [], nmae: 'y' }],
    ['an entry nobody knows', { name: 'x', timeline: [{ thnk: [] }] }],
    ['no name', { timeline: [] }],
    ['a time that is none', { name: 'x', timeline: [{ baseTimeDelta: 'soon' }] }],
    ['rules that are none', { name: 'x', timeline: [], rules: [{ config: {} }] }],
    ['three in the place of two', { name: 'x', timeline: [{ llmResponse: [{ think: [[1, 'a', 'b']] }] }] }],
  ])('refuses %s, as the loader does', (_, scenario) => {
    expect(accepts(scenario)).toBe(false);
    expect(Scenario.safeParse(scenario).success).toBe(false);
  });

  it('says what members are for, and writes what is used twice once', () => {
    const schema = JSON.stringify(scenarioSchema());
    expect(schema).toContain('Time passes.');
    expect(schema.length).toBeLessThan(80_000);
  });
});
