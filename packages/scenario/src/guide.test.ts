import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Lie } from './format/misbehaviour.ts';
import { otherMembers } from './format/scenario.ts';
import { namedTools } from './format/tool-names.ts';
import { builtInScenarios } from './library/built-in-scenarios.ts';
import { loadScenario } from './load/load-scenario.ts';
import { parseScenario } from './load/parse-scenario.ts';
import { symbolsOf } from './load/symbols.ts';
import { createPlayer } from './play/create-player.ts';
import { entryNames } from './play/play-entry.ts';
import { initialPromptOf } from './play/timeline.ts';

const guide = readFileSync(new URL('../../../docs/guides/scenarios.md', import.meta.url), 'utf8');
const [greeting = '', errand = '', offer = '', leave = '', rules = ''] = [
  ...guide.matchAll(/```yaml\n([\s\S]*?)```/g),
].map(([, text]) => text);

describe('the guide to scenarios', () => {
  it('shows one that can be played', () => {
    const scenario = loadScenario(greeting, 'scenarios.md');
    expect(initialPromptOf(scenario)).toBe('Write a greeting');
    expect(createPlayer(scenario, 1).map(({ action }) => action.type)).toEqual([
      'think',
      'say',
      'edit',
      'tool-start',
      'tool-output',
      'tool-end',
      'end',
    ]);
  });

  it('shows tools that are about no workspace', () => {
    const steps = createPlayer(loadScenario(errand, 'errand.yaml'), 1);
    expect(steps.flatMap(({ action }) => (action.type === 'tool-end' ? [action.output] : []))).toEqual([
      'Prices\nhttps://example.test/prices\nBread is 2 a piece.',
      'Bread is 2 a piece.',
      '',
      'It costs 2 a piece.',
    ]);
  });

  it('shows an agent that offers models and modes', () => {
    const kinds = createPlayer(loadScenario(offer, 'offer.yaml'), 1).map(({ action }) => action.type);
    expect(kinds).toEqual(['say', 'mode', 'tool-start', 'tool-end', 'end']);
  });

  it('names every lie', () => {
    for (const lie of Lie.options) expect(guide, lie).toContain(`\`${lie}\``);
  });

  it('shows a request that can be answered, and rules that choose', () => {
    expect(parseScenario({ name: 'x', timeline: parse(leave) }, '').timeline).toHaveLength(1);
    const chosen = (define: string[]) => {
      const scenario = loadScenario(`name: x\n${rules}`, 'rules.yaml', { symbols: symbolsOf(define) });
      return [scenario.server, scenario.timeline.length];
    };
    expect(chosen([])).toEqual([{ mode: 'none' }, 1]);
    expect(chosen(['ci', 'attempts=3'])).toEqual([{ mode: 'mock' }, 2]);
  });

  it('names what is built in, every entry, and what plays no part', () => {
    const entries = entryNames.filter((name) => !Object.hasOwn(namedTools, name));
    for (const name of [...Object.keys(builtInScenarios), ...entries, ...otherMembers]) {
      expect(guide, name).toContain(`\`${name}`);
    }
  });
});
