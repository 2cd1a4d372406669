import { describe, expect, it } from 'vitest';
import { builtInScenarios } from './library/built-in-scenarios.ts';
import { parseScenario } from './load/parse-scenario.ts';
import { nearestScenario } from './select-scenario.ts';
import { similarity } from './similarity.ts';

const scenario = (name: string, initialPrompt?: string) =>
  parseScenario({ name, timeline: [], ...(initialPrompt === undefined ? {} : { initialPrompt }) }, '');

describe('choosing a scenario by its prompt', () => {
  it('takes the nearest, whatever the case and the blanks', () => {
    const all = [scenario('a', 'Add a login page'), scenario('b', 'Fix the failing test'), scenario('c')];
    expect(nearestScenario(all, 'please fix  the FAILING test')?.name).toBe('b');
    expect(nearestScenario(all, 'Add a logout page')?.name).toBe('a');
  });

  it('takes the first when none is near, and of two that are as near', () => {
    const all = [scenario('none'), scenario('one', 'Same words'), scenario('two', 'Same words')];
    expect(nearestScenario(all, 'Completely different request')?.name).toBe('none');
    expect(nearestScenario(all, 'same words')?.name).toBe('one');
    expect(nearestScenario([], 'x')).toBeUndefined();
  });

  it('finds the built-in ones by what they are for', () => {
    const all = Object.values(builtInScenarios);
    expect(nearestScenario(all, 'Fix the failing test.')?.name).toBe('fix-failing-test');
    expect(nearestScenario(all, 'Make the button blue and the header green, please')?.name).toBe(
      'quick-edit',
    );
  });

  it('does not stall on a long prompt', () => {
    const started = performance.now();
    nearestScenario(Object.values(builtInScenarios), 'x'.repeat(10_000_000));
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('similarity', () => {
  it('is 1 minus the share of letters that differ', () => {
    expect(similarity('', '')).toBe(1);
    expect(similarity('abc', '')).toBe(0);
    expect(similarity('kitten', 'sitting')).toBeCloseTo(1 - 3 / 7);
    expect(similarity('😀b', '😀c')).toBe(0.5);
  });
});
