import { contract } from '@agent-harbor/api-contract';
import { expect, it } from 'vitest';
import { features } from '../features/index.ts';
import { readOnce } from './known-queries.ts';
import { mount } from './mount.ts';

const [route, other] = mount(contract, features);
if (route === undefined || other === undefined) throw new Error('The contract has no routes');

it('reads a query once for each route and text', () => {
  let reads = 0;
  const read = () => ({ value: { status: ['running'], reads: ++reads } });
  expect(readOnce(route, 'a=1', read).value).toMatchObject({ reads: 1 });
  expect(readOnce(route, 'a=1', read).value).toMatchObject({ reads: 1 });
  expect(readOnce(route, 'a=2', read).value).toMatchObject({ reads: 2 });
  expect(readOnce(other, 'a=1', read).value).toMatchObject({ reads: 3 });
});

it('remembers neither refusals nor long texts, and not for ever', () => {
  let reads = 0;
  const refused = () => ({ error: ++reads });
  expect([readOnce(route, 'bad', refused), readOnce(route, 'bad', refused)]).toEqual([
    { error: 1 },
    { error: 2 },
  ]);
  const read = () => ({ value: ++reads });
  const long = 'x'.repeat(1000);
  expect(readOnce(route, long, read)).not.toEqual(readOnce(route, long, read));
  const first = readOnce(route, 'first', read);
  for (let number = 0; number < 100; number++) readOnce(route, `n=${number}`, read);
  expect(readOnce(route, 'first', read)).not.toEqual(first);
});

it('gives what nobody can change', () => {
  const { value } = readOnce(route, 'deep', () => ({ value: { list: [{ a: 1 }] } }));
  expect(() => Object.assign(Object(value).list[0], { a: 2 })).toThrow(TypeError);
});
