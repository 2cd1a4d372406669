import { expect, test } from 'vitest';
import { findNames } from './find-names.ts';

const named = (...names: string[]) => names.map((name) => ({ name }));
const find = (typed: string | undefined, ...names: string[]) =>
  findNames(named(...names), typed, ({ name }) => name === 'main').map(({ name }) => name);

test('puts the first one first, then what begins so, then what has it', () => {
  expect(find(undefined, 'a', 'main', 'z')).toEqual(['main', 'a', 'z']);
  expect(find('MA', 'agent/main', 'master', 'main', 'x')).toEqual(['main', 'master', 'agent/main']);
  expect(find('nothing', 'a', 'main')).toEqual([]);
});
