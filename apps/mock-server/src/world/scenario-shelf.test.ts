import { expect, it } from 'vitest';
import { createScenarioShelf } from './scenario-shelf.ts';

it('takes a bounded number of scenarios, and always one it has', () => {
  const shelf = createScenarioShelf({});
  for (let count = 0; count < 1_000; count++) shelf.add(`name: mine ${count}\ntimeline: []\n`);
  expect(() => shelf.add('name: another\ntimeline: []\n')).toThrow(/there are 1000 scenarios/);
  expect(shelf.add('name: mine 0\ntimeline: []\n').name).toBe('mine 0');
});
