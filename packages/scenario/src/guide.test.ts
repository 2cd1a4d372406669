import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { otherMembers } from './format/scenario.ts';
import { builtInScenarios } from './library/built-in-scenarios.ts';
import { loadScenario } from './load/load-scenario.ts';
import { createPlayer } from './play/create-player.ts';
import { initialPromptOf } from './play/timeline.ts';

const guide = readFileSync(new URL('../../../docs/guides/scenarios.md', import.meta.url), 'utf8');

describe('the guide to scenarios', () => {
  it('shows one that can be played', () => {
    const text = /```yaml\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';
    const scenario = loadScenario(text, 'scenarios.md');
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

  it('names what is built in, and everything that is accepted without effect', () => {
    for (const name of [...Object.keys(builtInScenarios), ...otherMembers]) {
      expect(guide, name).toContain(`\`${name}\``);
    }
  });
});
