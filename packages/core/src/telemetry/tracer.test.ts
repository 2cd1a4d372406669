import { expect, test } from 'vitest';
import { Problem } from '../problem.ts';
import { type SpanStart, type Tracer, traced, untraced } from './tracer.ts';

const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

test('without a tracer the context that came is handed on', () => {
  expect(untraced.begin({ name: 'x', parent }).traceparent).toBe(parent);
  expect(untraced.begin({ name: 'x', parent: undefined }).traceparent).toBeUndefined();
});

test('a span ends with its work, and says by a closed word why it failed', async () => {
  const ended: unknown[] = [];
  const tracer: Tracer = {
    begin: ({ name }: SpanStart) => ({
      traceparent: parent,
      end: (attributes, failure) => ended.push([name, attributes, failure]),
    }),
  };
  const start = (name: string) => ({ name, parent: undefined });
  expect(await traced(tracer, start('well'), async ({ traceparent }) => traceparent)).toBe(parent);
  const failing = (name: string, error: unknown) =>
    expect(traced(tracer, start(name), () => Promise.reject(error))).rejects.toBe(error);
  await failing('problem', new Problem('wrong-state', { detail: 'secret' }));
  await failing('words', new Error('secret'));
  await failing('long code', Object.assign(new Error('x'), { code: 'secret '.repeat(9) }));
  expect(ended).toEqual([
    ['well', undefined, undefined],
    ['problem', undefined, 'wrong-state'],
    ['words', undefined, 'internal'],
    ['long code', undefined, 'internal'],
  ]);
});
