import { expect, test } from 'vitest';
import { createKeptResponses } from './kept-responses.ts';

const response = (id: string, ...output: unknown[]) => ({ id, output });

test('what follows a response follows all that was said before it', () => {
  const kept = createKeptResponses();
  kept.keep({ model: 'm', input: 'one' }, response('a', { n: 1 }), 10);
  const second = kept.whole({ model: 'm', input: [{ n: 2 }], previous_response_id: 'a' });
  expect(second).toEqual({
    model: 'm',
    input: [{ type: 'message', role: 'user', content: 'one' }, { n: 1 }, { n: 2 }],
  });
  kept.keep(second, response('b', { n: 3 }), 10);
  expect(kept.whole({ input: 'four', previous_response_id: 'b' })).toMatchObject({
    input: [{ content: 'one' }, { n: 1 }, { n: 2 }, { n: 3 }, { content: 'four' }],
  });
});

test('what is not kept is refused by its name, and what follows nothing is left as it is', () => {
  const kept = createKeptResponses(2, 100);
  const follow = (id: string) => () => kept.whole({ input: 'x', previous_response_id: id });
  kept.keep({ input: 'x', store: false }, response('unwanted'), 10);
  expect(follow('unwanted')).toThrow(/previous_response_id/);
  for (const id of ['a', 'b', 'c']) kept.keep({ input: 'x' }, response(id), 10);
  expect(follow('a')).toThrow(/previous_response_id/);
  expect(follow('b')).not.toThrow();
  kept.keep({ input: 'x' }, response('large'), 95);
  expect(follow('c')).toThrow(/previous_response_id/);
  expect(follow('large')).not.toThrow();
  kept.clear();
  expect(follow('large')).toThrow(/previous_response_id/);
  for (const body of [{ input: 'x' }, { previous_response_id: 1 }, 'nonsense', undefined])
    expect(kept.whole(body)).toBe(body);
});
