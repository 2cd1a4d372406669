import { expect, test } from 'vitest';
import { readTraceparent, traceparent } from './trace-context.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

test('a context is read and written', () => {
  for (const flags of ['00', '01']) {
    const text = `00-${traceId}-${spanId}-${flags}`;
    const context = readTraceparent(text);
    expect(context).toEqual({ traceId, spanId, flags: Number(flags) });
    expect(context && traceparent(context)).toBe(text);
  }
  // Flags that nobody defined yet are not handed on.
  expect(readTraceparent(`00-${traceId}-${spanId}-ff`)).toMatchObject({ flags: 1 });
  // A later version is read as far as it is known.
  expect(readTraceparent(`cc-${traceId}-${spanId}-01-what-is-to-come`)).toMatchObject({ traceId });
});

test.each([
  undefined,
  '',
  'garbage',
  `ff-${traceId}-${spanId}-01`,
  `00-${traceId}-${spanId}-01-more`,
  `00-${traceId.toUpperCase()}-${spanId}-01`,
  `00-${'0'.repeat(32)}-${spanId}-01`,
  `00-${traceId}-${'0'.repeat(16)}-01`,
  `00-${traceId.slice(1)}-${spanId}-01`,
  `00-${traceId}-${spanId}-1`,
  `00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`,
  `00-${traceId}-${spanId}-01\r\nx: y`,
  `cc-${traceId}-${spanId}-01-${'x'.repeat(600)}`,
])('%j says nothing', (text) => {
  expect(readTraceparent(text)).toBeUndefined();
});
