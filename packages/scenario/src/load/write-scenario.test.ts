import { describe, expect, it } from 'vitest';
import type { ScenarioSource } from '../format/scenario.ts';
import { builtInScenarios, scenarioSource } from '../library/built-in-scenarios.ts';
import { loadScenario } from './load-scenario.ts';
import { parseScenario } from './parse-scenario.ts';
import { writeScenario } from './write-scenario.ts';

describe('a scenario that is written', () => {
  it.each(Object.keys(builtInScenarios))('is the same when it is loaded: %s', (name) => {
    const source = scenarioSource(name);
    const text = source === undefined ? '' : writeScenario(source);
    expect(loadScenario(text, 'x.yaml')).toEqual(builtInScenarios[name]);
  });

  it('is easy to read, and keeps every text', () => {
    const awkward = [
      'yes',
      '- a',
      '# b',
      'a: b',
      '"',
      "'",
      '\t',
      ' ',
      '',
      'a\n',
      '\na',
      'a\r\nb',
      '\u2028',
      'null',
      '1',
    ];
    const scenario: ScenarioSource = {
      name: 'x',
      timeline: [
        { llmResponse: [{ assistant: awkward.map((text, index): [number, string] => [index, text]) }] },
        { agentEdits: { path: 'a', contents: 'one\ntwo\n' } },
      ],
    };
    const text = writeScenario(scenario);
    expect(text).toContain('- [0, yes]');
    expect(text).toContain('contents: |\n');
    expect(loadScenario(text, 'x.yaml')).toEqual(parseScenario(scenario, ''));
  });
});
